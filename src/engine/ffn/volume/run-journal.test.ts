import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryDisk } from '../../../core/testing/memory-disk';
import type { Zyx } from '../../../core/vec';
import type { SeedOutcome } from '../../../segment/ffn/volume/segment-subvolume';
import { RunJournal } from './run-journal';

const SEEDS: readonly Zyx[] = [
  [1, 2, 3],
  [4, 5, 6],
];
const outcomeOf = (seed: number, runs: readonly number[] = [seed, 4, 99, 1]): SeedOutcome => ({
  seed,
  startZyx: [seed, 1, 2],
  voxels: runs.filter((_, i) => i % 2 === 1).reduce((sum, length) => sum + length, 0),
  steps: 3 * seed,
  unread: 0,
  runs: Uint32Array.from(runs),
});

function journal(disk: MemoryDisk, run = 'this run', troubles: unknown[] = []) {
  return new RunJournal(disk.open('run'), run, (error) => troubles.push(error));
}

/** Writes two subvolumes of outcomes. */
function written(disk: MemoryDisk): readonly SeedOutcome[] {
  const made = [outcomeOf(0), outcomeOf(1, []), outcomeOf(5)];
  const first = journal(disk);
  expect(first.begin(0, SEEDS)).toEqual([]);
  for (const outcome of made) first.add(0, outcome);
  expect(first.begin(1, [])).toEqual([]);
  first.add(1, outcomeOf(7));
  first.close();
  return made;
}

describe('RunJournal', () => {
  it('gives back what was added, by subvolume, and is added to again', () => {
    const disk = new MemoryDisk();
    const made = written(disk);
    const second = journal(disk);
    expect(second.begin(0, SEEDS)).toEqual(made);
    expect(second.begin(1, [])).toEqual([outcomeOf(7)]);
    second.add(1, outcomeOf(8));
    second.close();
    expect(journal(disk).begin(1, [])).toEqual([outcomeOf(7), outcomeOf(8)]);
  });

  it('believes nothing of another run, nor of other seeds', () => {
    const disk = new MemoryDisk();
    written(disk);
    const other = journal(disk, 'another run');
    expect(other.begin(0, SEEDS)).toEqual([]);
    other.close();
    const again = journal(disk);
    expect(again.begin(0, SEEDS)).toEqual([]);
    again.close();
    written(new MemoryDisk());
    const changed = new MemoryDisk();
    written(changed);
    const image = journal(changed);
    expect(image.begin(0, [[9, 9, 9]])).toEqual([]);
    expect(image.begin(1, [])).toEqual([]);
  });

  it('reads what is whole, whatever a crash left', () => {
    const disk = new MemoryDisk();
    const made = written(disk);
    const bytes = disk.contents('run');
    fc.assert(
      fc.property(fc.nat(bytes.length), fc.nat(255), fc.boolean(), (at, value, isCut) => {
        const damaged = new MemoryDisk();
        const file = damaged.open('run');
        const left = isCut ? bytes.slice(0, at) : bytes.map((byte, i) => (i === at ? value : byte));
        file.write(left, { at: 0 });
        file.close();
        const read = journal(damaged);
        const found = read.begin(0, SEEDS);
        expect(found).toEqual(made.slice(0, found.length));
        read.add(0, outcomeOf(9));
        read.close();
        expect(journal(damaged).begin(0, SEEDS)).toEqual([...found, outcomeOf(9)]);
      }),
    );
  });

  it('goes on without a disk that is full, and says so once', () => {
    const disk = new MemoryDisk(200);
    const troubles: unknown[] = [];
    const full = journal(disk, 'run', troubles);
    full.begin(0, SEEDS);
    for (let seed = 0; seed < 9; seed++) full.add(0, outcomeOf(seed));
    full.close();
    expect(troubles.map((error) => (error as Error).name)).toEqual(['QuotaExceededError']);
    const none = new RunJournal(undefined, 'run', (error) => troubles.push(error));
    expect(none.begin(0, SEEDS)).toEqual([]);
    none.add(0, outcomeOf(1));
    none.close();
    expect(troubles.length).toBe(1);
  });
});
