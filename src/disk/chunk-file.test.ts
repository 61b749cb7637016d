import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ByteFile } from '../core/byte-file';
import { MemoryDisk } from '../core/testing/memory-disk';
import { BLOCK_BYTES, blocksFor } from './block-map';
import { ChunkFile } from './chunk-file';

const NEVER = Number.POSITIVE_INFINITY;
const MEBIBYTE = 2 ** 20;
let disk: MemoryDisk;
beforeEach(() => {
  disk = new MemoryDisk();
});
let handles: ByteFile[] = [];
/** Closes what is open, as the end of a tab does, and opens it again. */
function open(limitBytes = MEBIBYTE): ChunkFile {
  for (const handle of handles.splice(0)) handle.close();
  const [data, journal] = [disk.open('chunks'), disk.open('journal')];
  handles = [data, journal];
  return new ChunkFile(data, journal, limitBytes);
}
/** Bytes that no other seed gives. */
function chunk(seed: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at++) bytes[at] = seed * 101 + at * (2 * seed + 1) + (at >> 8);
  return bytes;
}
/** As toEqual says, but fast. */
const same = (kept: Uint8Array | null | undefined, expected: Uint8Array | null | undefined) =>
  kept && expected ? Buffer.compare(kept, expected) === 0 : kept === expected;

/** What a cache of a limit is: a Map in the order of use. */
class Twin {
  readonly entries = new Map<string, Uint8Array | null>();
  constructor(public limitBytes: number) {}
  private get mostBlocks() {
    return Math.floor((this.limitBytes * 15) / 16 / BLOCK_BYTES);
  }
  private get usedBlocks() {
    return [...this.entries.values()].reduce((sum, each) => sum + blocksFor(each?.length ?? 0), 0);
  }
  get(key: string) {
    const bytes = this.entries.get(key);
    if (bytes === undefined) return undefined;
    this.entries.delete(key);
    this.entries.set(key, bytes);
    return bytes;
  }
  put(key: string, bytes: Uint8Array | null) {
    const blocks = blocksFor(bytes?.length ?? 0);
    this.entries.delete(key);
    if (this.mostBlocks === 0 || blocks > this.mostBlocks / 4) return;
    this.entries.set(key, bytes);
    this.fit();
  }
  setLimit(bytes: number) {
    this.limitBytes = bytes;
    if (bytes === 0) this.entries.clear();
    this.fit();
  }
  private fit() {
    for (const key of this.entries.keys())
      if (this.usedBlocks > this.mostBlocks) this.entries.delete(key);
  }
}

type Step =
  | { put: number; length: number | null }
  | { get: number }
  | { limit: number }
  | { restart: true }
  | { clear: true };
const key = fc.nat(30);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 60, arbitrary: fc.record({ put: key, length: fc.option(fc.nat(60_000)) }) },
  { weight: 60, arbitrary: fc.record({ get: key }) },
  {
    weight: 5,
    arbitrary: fc.record({
      limit: fc.oneof(fc.constant(0), fc.integer({ min: MEBIBYTE / 4, max: MEBIBYTE })),
    }),
  },
  { weight: 10, arbitrary: fc.constant({ restart: true as const }) },
  { weight: 1, arbitrary: fc.constant({ clear: true as const }) },
);

describe('chunks on disk', () => {
  it('are those of a plain Map in the order of use, within the limit, over restarts', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 200 }), (steps) => {
        disk = new MemoryDisk();
        const twin = new Twin(MEBIBYTE);
        let file = open();
        let seed = 0;
        for (const each of steps) {
          if ('put' in each) {
            const bytes = each.length === null ? null : chunk(++seed, each.length);
            file.put(`${each.put}`, bytes, NEVER);
            twin.put(`${each.put}`, bytes);
          } else if ('get' in each) {
            expect(same(file.get(`${each.get}`, 0), twin.get(`${each.get}`))).toBe(true);
          } else if ('limit' in each) {
            file.setLimit(each.limit);
            twin.setLimit(each.limit);
          } else if ('restart' in each) {
            // Uses are written along with the next change.
            file.setLimit(twin.limitBytes);
            file = open(twin.limitBytes);
          } else {
            file.clear();
            twin.entries.clear();
          }
          expect(file.size).toBe(twin.entries.size);
          expect(disk.usedBytes).toBeLessThanOrEqual(twin.limitBytes);
          expect(disk.usedBytes).toBeLessThanOrEqual(file.sizeBytes);
        }
        for (const [name, bytes] of twin.entries) expect(same(file.get(name, 0), bytes)).toBe(true);
      }),
      { numRuns: 60 },
    );
  }, 30_000);

  it('go when they expire', () => {
    const file = open();
    file.put('a', chunk(1, 10), 100);
    expect(file.get('a', 99)).toEqual(chunk(1, 10));
    expect(file.get('a', 100)).toBeUndefined();
    expect(file.size).toBe(0);
  });

  it('keep their journal short however often they are used', () => {
    let file = open(16 * MEBIBYTE);
    for (let at = 0; at < 20_000; at++) {
      file.put(`${at % 50}`, chunk(at, 100), NEVER);
      file.get(`${(at * 7) % 50}`, 0);
    }
    expect(disk.contents('journal').length).toBeLessThan(2 ** 17);
    file = open();
    expect(file.size).toBe(50);
  });

  it('are no more than the journal has room for', () => {
    const file = open();
    for (let at = 0; at < 5000; at++) file.put(`absent ${at}`, null, NEVER);
    expect(file.get('absent 4999', 0)).toBeNull();
    expect(file.get('absent 0', 0)).toBeUndefined();
    expect(disk.contents('journal').length).toBeLessThanOrEqual(MEBIBYTE / 16);
  });
});

it('that were moved keep their place in the order, over a restart too', () => {
  const file = open();
  for (let at = 0; at < 20; at++) file.put(`${at}`, chunk(at, 40_000), NEVER);
  for (const at of [12, 3]) file.get(`${at}`, 0);
  file.setLimit(MEBIBYTE / 2);
  const again = open(MEBIBYTE / 2);
  again.setLimit(MEBIBYTE / 4);
  const left = Array.from({ length: 20 }, (_, at) => at).filter((at) => again.get(`${at}`, 0));
  expect(left).toEqual([3, 12, 16, 17, 18, 19]);
});

describe('damage', () => {
  /** A file of 40 chunks, closed. */
  function fill() {
    const file = open();
    for (let at = 0; at < 40; at++)
      file.put(`${at}`, at % 8 === 7 ? null : chunk(at, 500 * at), NEVER);
    for (let at = 0; at < 40; at += 3) file.get(`${at}`, 0);
  }
  /** What is read is what was put or nothing; how much is left. */
  function survivors(): number {
    const file = open();
    let left = 0;
    for (let at = 0; at < 40; at++) {
      const bytes = file.get(`${at}`, 0);
      if (bytes === undefined) continue;
      expect(same(bytes, at % 8 === 7 ? null : chunk(at, 500 * at))).toBe(true);
      left++;
    }
    file.put('new', chunk(77, 5000), NEVER);
    expect(same(file.get('new', 0), chunk(77, 5000))).toBe(true);
    return left;
  }
  const write = (name: string, bytes: Uint8Array) => {
    for (const handle of handles.splice(0)) handle.close();
    const file = disk.open(name);
    file.truncate(0);
    file.write(bytes as Uint8Array<ArrayBuffer>, { at: 0 });
    file.close();
  };

  it.each(['chunks', 'journal'])(
    'anywhere in the %s loses chunks at most',
    (name) => {
      fc.assert(
        fc.property(
          fc.array(fc.record({ at: fc.nat(), value: fc.nat(255) }), { maxLength: 20 }),
          fc.option(fc.nat()),
          (changes, cut) => {
            disk = new MemoryDisk();
            fill();
            const bytes = disk.contents(name);
            for (const { at, value } of changes) bytes[at % bytes.length] = value;
            write(name, cut === null ? bytes : bytes.subarray(0, cut % bytes.length));
            survivors();
          },
        ),
        { numRuns: 60 },
      );
    },
    30_000,
  );

  it('to the end of the journal loses the last change alone', () => {
    fill();
    expect(survivors()).toBe(40);
    disk = new MemoryDisk();
    fill();
    const journal = disk.contents('journal');
    write('journal', Uint8Array.of(...journal, 9, 0, 0, 0, 1, 2, 3));
    expect(survivors()).toBe(40);
  });

  it('of a journal that is another’s clears all', () => {
    fill();
    write('journal', new TextEncoder().encode('{"version": 2, "chunks": []}'));
    expect(survivors()).toBe(0);
  });

  it('does not mix chunks up where a journal is older than its blocks', () => {
    fill();
    const journal = disk.contents('journal');
    const file = open();
    for (let at = 0; at < 60; at++) file.put(`later ${at}`, chunk(100 + at, 30_000), NEVER);
    write('journal', journal);
    survivors();
  });
});

describe('a full disk', () => {
  const full = expect.objectContaining({ name: 'QuotaExceededError' });

  it('is told, and loses nothing else', () => {
    const file = open();
    file.put('a', chunk(1, 50_000), NEVER);
    disk.quotaBytes = disk.usedBytes + 10_000;
    expect(() => file.put('b', chunk(2, 50_000), NEVER)).toThrow(full);
    expect(same(file.get('a', 0), chunk(1, 50_000))).toBe(true);
    expect(file.get('b', 0)).toBeUndefined();
    disk.quotaBytes = MEBIBYTE;
    file.put('b', chunk(2, 50_000), NEVER);
    const again = open();
    expect(same(again.get('a', 0), chunk(1, 50_000))).toBe(true);
    expect(same(again.get('b', 0), chunk(2, 50_000))).toBe(true);
  });

  it('costs no room that would be missing later', () => {
    const file = open();
    disk.quotaBytes = 10_000;
    for (let at = 0; at < 50; at++)
      expect(() => file.put('a', chunk(1, 50_000), NEVER)).toThrow(full);
    disk.quotaBytes = NEVER;
    for (let at = 0; at < 15; at++) file.put(`${at}`, chunk(at, 60_000), NEVER);
    expect(file.size).toBe(15);
  });

  it('at any write, and any restart after it, gives what was put or nothing', () => {
    const puts = fc.array(
      fc.record({ put: fc.nat(12), length: fc.nat(40_000), quota: fc.option(fc.nat(300_000)) }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(puts, (steps) => {
        disk = new MemoryDisk();
        let file = open();
        const last = new Map<string, Uint8Array[]>();
        for (const [seed, { put, length, quota }] of steps.entries()) {
          disk.quotaBytes = quota ?? NEVER;
          const bytes = chunk(seed, length);
          // What was put before may come back after a restart where the journal could not be written.
          last.set(`${put}`, [...(last.get(`${put}`) ?? []), bytes]);
          try {
            file.put(`${put}`, bytes, NEVER);
            const kept = file.get(`${put}`, 0);
            expect(kept === undefined || Buffer.compare(kept ?? Buffer.of(), bytes) === 0).toBe(
              true,
            );
          } catch (error) {
            expect(error).toEqual(full);
          }
          if (seed % 10 === 9) {
            disk.quotaBytes = NEVER;
            file = open();
          }
          for (const [name, all] of last) {
            const kept = file.get(name, 0);
            if (!kept) continue;
            expect(all.some((each) => Buffer.compare(each, kept) === 0)).toBe(true);
          }
        }
      }),
      { numRuns: 60 },
    );
  }, 30_000);
});
