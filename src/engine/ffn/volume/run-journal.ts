import type { ByteFile } from '../../../core/byte-file';
import type { Zyx } from '../../../core/vec';
import { writeAll } from '../../../disk/journal';
import { xxh32 } from '../../../disk/xxh32';
import type { SeedOutcome } from '../../../segment/ffn/volume/segment-subvolume';

/** Length of what follows, and its checksum. */
const HEAD_BYTES = 8;
const KINDS = ['run', 'seeds', 'outcome'] as const;
type Kind = (typeof KINDS)[number];
/** Words of an outcome before its runs: subvolume, seed, start, voxels, steps, unread. */
const OUTCOME_WORDS = 8;

interface Read {
  readonly kind: Kind;
  readonly words: Uint32Array<ArrayBuffer>;
  readonly end: number;
}

/** The record that starts there; undefined where there is no whole and unharmed one. */
function readRecord(bytes: Uint8Array<ArrayBuffer>, from: number): Read | undefined {
  if (from + HEAD_BYTES + 4 > bytes.length) return undefined;
  const view = new DataView(bytes.buffer);
  const start = from + HEAD_BYTES;
  const end = start + view.getUint32(from, true);
  if (end > bytes.length || (end - start) % 4 !== 0 || end < start + 4) return undefined;
  const payload = bytes.slice(start, end);
  if (xxh32(payload) !== view.getUint32(from + 4, true)) return undefined;
  const [kind = -1] = new Uint32Array(payload.buffer, 0, 1);
  const known = KINDS[kind];
  return known && { kind: known, words: new Uint32Array(payload.buffer, 4), end };
}

function recordOf(kind: Kind, words: ArrayLike<number>): Uint8Array {
  const payload = new Uint32Array(1 + words.length);
  payload[0] = KINDS.indexOf(kind);
  payload.set(words, 1);
  const bytes = new Uint8Array(HEAD_BYTES + payload.byteLength);
  bytes.set(new Uint8Array(payload.buffer), HEAD_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, payload.byteLength, true);
  view.setUint32(4, xxh32(bytes.subarray(HEAD_BYTES)), true);
  return bytes;
}

/** A text as words, its length first. */
function wordsOfText(text: string): Uint32Array {
  const bytes = new TextEncoder().encode(text);
  const words = new Uint32Array(1 + Math.ceil(bytes.length / 4));
  words[0] = bytes.length;
  new Uint8Array(words.buffer, 4).set(bytes);
  return words;
}

const sameWords = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
  a.length === b.length && Array.from(a).every((word, i) => word === b[i]);

/**
 * What a run over a volume has done, seed by seed, in a file that outlives the tab. What a crash leaves is read up to the first
 * record that is not whole; what another request, or another image, has left is not believed. Where the file takes no more, the run goes on
 * without, and `onTrouble` is told once. Not portable between machines of other byte orders.
 */
export class RunJournal {
  private at = 0;
  private checksums = new Map<number, number>();
  private outcomes = new Map<number, SeedOutcome[]>();

  /** `run`: a text that says which request on which volume it is. */
  constructor(
    private file: ByteFile | undefined,
    private readonly run: string,
    private readonly onTrouble: (error: unknown) => void,
  ) {
    this.read();
  }

  /** What an earlier run made of the seeds of a subvolume; nothing, and nothing of later ones, where it had other seeds. */
  begin(subvolume: number, seeds: readonly Zyx[]): readonly SeedOutcome[] {
    const checksum = xxh32(new Uint8Array(Uint32Array.from(seeds.flat()).buffer));
    const known = this.checksums.get(subvolume);
    if (known === checksum) return this.outcomes.get(subvolume) ?? [];
    if (known !== undefined) this.clear();
    if (this.at === 0) this.append(recordOf('run', wordsOfText(this.run)));
    this.append(recordOf('seeds', [subvolume, checksum]));
    return [];
  }

  add(subvolume: number, { seed, startZyx, voxels, steps, unread, runs }: SeedOutcome): void {
    const words = new Uint32Array(OUTCOME_WORDS + runs.length);
    words.set([subvolume, seed, ...startZyx, voxels, steps, unread]);
    words.set(runs, OUTCOME_WORDS);
    this.append(recordOf('outcome', words));
  }

  /** Forgets all. */
  clear(): void {
    this.checksums.clear();
    this.outcomes = new Map();
    this.at = 0;
    this.guarded((file) => file.truncate(0));
  }

  /** Keeps what there is for another run. */
  close(): void {
    this.guarded((file) => {
      file.flush();
      file.close();
    });
    this.file = undefined;
  }

  private read(): void {
    this.guarded((file) => {
      const bytes = new Uint8Array(file.getSize());
      file.read(bytes, { at: 0 });
      const first = readRecord(bytes, 0);
      if (first?.kind === 'run' && sameWords(first.words, wordsOfText(this.run)))
        for (let next: Read | undefined = first; next; next = readRecord(bytes, this.at)) {
          this.take(next);
          this.at = next.end;
        }
      file.truncate(this.at);
    });
  }

  private take({ kind, words }: Read): void {
    const [subvolume = 0, second = 0, z = 0, y = 0, x = 0, voxels = 0, steps = 0, unread = 0] =
      words;
    if (kind === 'seeds') this.checksums.set(subvolume, second);
    if (kind !== 'outcome') return;
    const outcome = { seed: second, startZyx: [z, y, x] as Zyx, voxels, steps, unread };
    const outcomes = this.outcomes.get(subvolume) ?? [];
    outcomes.push({ ...outcome, runs: words.slice(OUTCOME_WORDS) });
    this.outcomes.set(subvolume, outcomes);
  }

  private append(record: Uint8Array): void {
    this.guarded((file) => {
      writeAll(file, record, this.at);
      this.at += record.length;
    });
  }

  private guarded(work: (file: ByteFile) => void): void {
    if (!this.file) return;
    try {
      work(this.file);
    } catch (error) {
      this.file.close();
      this.file = undefined;
      this.onTrouble(error);
    }
  }
}
