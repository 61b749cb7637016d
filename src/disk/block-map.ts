export const BLOCK_BYTES = 4096;

/** Stretches of blocks, in the order of the bytes in them: first block, how many, first block, how many … */
export type Runs = readonly number[];

const LEAST_CAPACITY = 1024;

/** How many blocks so many bytes take. */
export const blocksFor = (bytes: number): number => Math.ceil(bytes / BLOCK_BYTES);

export function* runsOf(runs: Runs): Generator<readonly [first: number, count: number]> {
  for (let at = 0; at + 1 < runs.length; at += 2) yield [runs[at] ?? 0, runs[at + 1] ?? 0];
}

export const countBlocks = (runs: Runs): number => {
  let blocks = 0;
  for (const [, count] of runsOf(runs)) blocks += count;
  return blocks;
};

/** One past their last block. */
export const endOf = (runs: Runs): number => {
  let end = 0;
  for (const [first, count] of runsOf(runs)) end = Math.max(end, first + count);
  return end;
};

/** Which blocks of a file are taken. The lowest free ones are taken first, so that a file stays short. */
export class BlockMap {
  /** One byte a block, so that the next free one is found by the engine's own search; free past its end. */
  private taken = new Uint8Array(LEAST_CAPACITY);
  /** No block below is free. */
  private lowest = 0;
  usedBlocks = 0;

  /** `limitBlocks`: none from there on is taken; those that are already stay. */
  constructor(public limitBlocks: number) {}

  /** One past the last block that is taken. */
  get endBlock(): number {
    return this.taken.lastIndexOf(1) + 1;
  }

  /** Takes free blocks, in as few runs as the lowest ones make; undefined, and none taken, where too few are free. */
  take(blocks: number): Runs | undefined {
    const runs: number[] = [];
    let at = this.lowest;
    for (let left = blocks; left > 0; ) {
      const free = this.taken.indexOf(0, at);
      const first = free < 0 ? Math.max(at, this.taken.length) : free;
      let end = first;
      while (end < this.limitBlocks && end - first < left && !this.taken[end]) end++;
      if (end === first) return undefined;
      runs.push(first, end - first);
      left -= end - first;
      at = end;
    }
    this.mark(runs, 1);
    if (blocks > 0) this.lowest = at;
    return runs;
  }

  /** Takes these very blocks; false, and none taken, where one is taken already or is past the limit. */
  claim(runs: Runs): boolean {
    const claimed: number[] = [];
    for (const [first, count] of runsOf(runs)) {
      const free =
        first + count <= this.limitBlocks && !this.taken.subarray(first, first + count).includes(1);
      if (!free) {
        this.free(claimed);
        return false;
      }
      claimed.push(first, count);
      this.mark([first, count], 1);
    }
    return true;
  }

  free(runs: Runs): void {
    this.mark(runs, 0);
    for (const [first] of runsOf(runs)) this.lowest = Math.min(this.lowest, first);
  }

  private mark(runs: Runs, value: 0 | 1): void {
    for (const [first, count] of runsOf(runs)) {
      this.reserve(first + count);
      this.taken.fill(value, first, first + count);
      this.usedBlocks += value === 1 ? count : -count;
    }
  }

  private reserve(blocks: number): void {
    if (blocks <= this.taken.length) return;
    const larger = new Uint8Array(Math.max(blocks, 2 * this.taken.length));
    larger.set(this.taken);
    this.taken = larger;
  }
}
