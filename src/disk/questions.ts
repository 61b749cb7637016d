import type { Answer, Question } from './tab-messages';

/** How long an answer is waited for. */
const DEADLINE_MILLISECONDS = 1000;
/** What questions without an answer may hold of chunks to be kept; further ones are not kept. */
const MOST_BYTES = 2 ** 23;

interface Open {
  readonly settle: (answer: Answer | undefined) => void;
  readonly timer: ReturnType<typeof setTimeout>;
  readonly sizeBytes: number;
}

/**
 * Questions to the tab that has the files. Each settles, at the latest after its deadline, with undefined where no answer came. When one
 * is overdue all are given up, and none is asked any more until that tab is heard again.
 */
export class Questions {
  private readonly open = new Map<number, Open>();
  private nextId = 1;
  private isSilent = false;
  private openBytes = 0;

  constructor(private readonly post: (id: number, question: Question) => void) {}

  ask(question: Question): Promise<Answer | undefined> {
    const sizeBytes = 'bytes' in question ? (question.bytes?.length ?? 0) : 0;
    if (this.isSilent || (sizeBytes > 0 && this.openBytes + sizeBytes > MOST_BYTES))
      return Promise.resolve(undefined);
    const id = this.nextId++;
    return new Promise((settle) => {
      const timer = setTimeout(() => this.fallSilent(), DEADLINE_MILLISECONDS);
      this.open.set(id, { settle, timer, sizeBytes });
      this.openBytes += sizeBytes;
      this.post(id, question);
    });
  }

  /** Takes an answer in; one that comes too late only says that somebody is there. */
  answered(id: number, answer: Answer): void {
    this.heard();
    this.settle(id, answer);
  }

  /** Whoever is asked lives. */
  heard(): void {
    this.isSilent = false;
  }

  /** Waits for no answer any more. */
  giveUp(): void {
    for (const id of [...this.open.keys()]) this.settle(id, undefined);
  }

  private fallSilent(): void {
    this.isSilent = true;
    this.giveUp();
  }

  private settle(id: number, answer: Answer | undefined): void {
    const open = this.open.get(id);
    if (!open) return;
    this.open.delete(id);
    clearTimeout(open.timer);
    this.openBytes -= open.sizeBytes;
    open.settle(answer);
  }
}
