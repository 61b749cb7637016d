/** So many files that were refused are remembered, the latest. */
const MOST_FILES = 256;
/** What happens less often than this by chance is none. */
const CHANCE = 1 / 1000;

/** A file that was refused, and not answered since. */
interface Refused {
  /** How often, with others answered between. */
  readonly times: number;
  /** What all counts were when it was refused at first. */
  readonly newAnswered: number;
  readonly newRefused: number;
  /** What this count was when it was refused last. */
  readonly answered: number;
}

/**
 * Tells a file that a host refuses while it answers others from a host that is busy. A busy one that still answers some refuses
 * any file as likely as those that it is asked for the first time; a file that it refuses so often in a row that this is hardly
 * by chance is refused alone.
 */
export class LoneRefusals {
  /** All answers. */
  private answeredCount = 0;
  /** Files that were not remembered as refused when they were answered, or refused. */
  private newAnswered = 0;
  private newRefused = 0;
  private readonly files = new Map<string, Refused>();
  private readonly alone = new Set<string>();

  /** Notes that the host has answered for a file, whatever it said. */
  answered(url: string): void {
    this.answeredCount++;
    if (!this.files.has(url)) this.newAnswered++;
    this.forget(url);
  }

  /** Notes that it has refused one; whether that is refused alone. */
  refused(url: string): boolean {
    const before = this.files.get(url);
    const isAlone = this.isHardlyChance(before);
    const { newAnswered, newRefused, answeredCount: answered } = this;
    if (!before) this.newRefused++;
    const isAnew = before?.answered !== answered;
    this.forget(url);
    this.files.set(url, {
      times: (before?.times ?? 0) + (isAnew ? 1 : 0),
      newAnswered: before?.newAnswered ?? newAnswered,
      newRefused: before?.newRefused ?? newRefused,
      answered,
    });
    if (isAlone) this.alone.add(url);
    for (const oldest of this.files.keys())
      if (this.files.size > MOST_FILES) this.forget(oldest);
      else break;
    return isAlone;
  }

  /** Whether it was refused alone the last time. */
  isAlone(url: string): boolean {
    return this.alone.has(url);
  }

  private isHardlyChance(before: Refused | undefined): boolean {
    if (!before || before.answered === this.answeredCount) return false;
    const refused = this.newRefused - before.newRefused;
    const answered = this.newAnswered - before.newAnswered;
    return (refused / (refused + answered)) ** (before.times + 1) < CHANCE;
  }

  private forget(url: string): void {
    this.files.delete(url);
    this.alone.delete(url);
  }
}
