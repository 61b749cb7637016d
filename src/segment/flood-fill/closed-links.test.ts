import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { brickKey } from '../../core/brick';
import { type Bits, BRICK_WORDS, bitOfVoxel } from '../../core/brick-bits';
import type { Zyx } from '../../core/vec';
import { testThreads } from '../cpu/testing';
import type { SegmentThreads } from '../cpu/threads';
import { closedLinks } from './closed-links';
import { FillContext, type FillFunction } from './cpu/context';
import { linkOf } from './plan';

const bitsOf = (voxels: readonly Zyx[]): Bits => {
  const bits: Bits = new Uint32Array(BRICK_WORDS);
  for (const zyx of voxels) {
    const { word, bit } = bitOfVoxel(zyx);
    bits[word] = (bits[word] ?? 0) | (1 << bit);
  }
  return bits;
};

/** The plain twin: a link is open where any step of one voxel from an open voxel leads over it. */
function openPlainly(voxels: Iterable<Zyx>): Set<number> {
  const open = new Set<number>();
  const steps = [-1, 0, 1];
  for (const zyx of voxels)
    for (const z of steps)
      for (const y of steps)
        for (const x of steps) {
          const to: Zyx = [zyx[0] + z, zyx[1] + y, zyx[2] + x];
          open.add(
            linkOf([Math.floor(to[0] / 64), Math.floor(to[1] / 64), Math.floor(to[2] / 64)]),
          );
        }
  return open;
}

const openOf = (closed: number): Set<number> =>
  new Set(Array.from({ length: 27 }, (_, link) => link).filter((link) => !((closed >> link) & 1)));

const edgy = fc.oneof(
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 63 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 31, 32, 63) },
);
const place = fc.tuple(edgy, edgy, edgy);

it('says over which links nothing can come any more', () => {
  fc.assert(
    fc.property(
      fc.array(place, { maxLength: 4 }),
      fc.array(place, { maxLength: 3 }),
      (open, more) => {
        // What is filled was open, and further voxels are.
        const closed = closedLinks(bitsOf([...open, ...more]), bitsOf(more));
        const filled = new Set(more.map(String));
        expect(openOf(closed)).toEqual(openPlainly(open.filter((zyx) => !filled.has(String(zyx)))));
      },
    ),
    { numRuns: 300 },
  );
  expect(openOf(closedLinks(bitsOf([]), bitsOf([])))).toEqual(new Set());
  const everything = new Uint32Array(BRICK_WORDS).fill(0xffffffff);
  expect(closedLinks(everything, bitsOf([]))).toBe(0);
});

let threads: SegmentThreads<FillFunction>;
beforeAll(async () => {
  threads = await testThreads(1);
});
afterAll(() => threads.dispose());

it('is what WebAssembly says of a brick that it lets go', async () => {
  const clip = { originZyx: [0, 0, 0], shapeZyx: [192, 192, 192] } as const;
  const range = { low: 100, high: 255 };
  await fc.assert(
    fc.asyncProperty(place, fc.array(place, { maxLength: 5 }), async (seed, open) => {
      // The brick in the middle: each of its links leads to another one.
      const seedZyx: Zyx = [seed[0] + 64, seed[1] + 64, seed[2] + 64];
      const request = { seedZyx, range, connectivity: 26 } as const;
      const setup = {
        dtype: 'uint8',
        request,
        clip,
        budgetBytes: 2 ** 22,
        sourceVoxels: 64 ** 3,
      } as const;
      const context = new FillContext(threads, setup);
      const values = new Uint8Array(64 ** 3);
      const voxels = [seed as Zyx, ...(open as Zyx[])];
      for (const [z, y, x] of voxels) values[(z * 64 + y) * 64 + x] = 200;
      context.arrive([1, 1, 1], values, undefined);
      const key = brickKey([1, 1, 1]);
      context.queue(key);
      while (context.pending > 0) await context.step(10);
      const [changed] = context.changed();
      expect(context.evict(key)).toBe(closedLinks(bitsOf(voxels), changed?.[1] ?? bitsOf([])));
    }),
    { numRuns: 100 },
  );
});
