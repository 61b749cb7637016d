import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { allocate, type VoxelArray } from '../../core/dtype';
import { isAbort, isFloodlightError } from '../../core/errors';
import { randomNumbers } from '../../core/testing/random';
import { volumeOf, type Zyx } from '../../core/vec';
import { testThreads } from '../cpu/testing';
import { connectedComponents, streamComponents } from './components';
import { componentsReference } from './reference';
import type { ComponentsFunction, ComponentsRequest } from './types';

const alone = await testThreads<ComponentsFunction>(1);
const three = await testThreads<ComponentsFunction>(3);
afterAll(() => {
  alone.dispose();
  three.dispose();
});

const { signal } = new AbortController();
const connectivities = [6, 18, 26] as const;
const labelDtypes = ['uint8', 'uint16', 'uint32', 'uint64'] as const;
const imageDtypes = ['uint8', 'uint16', 'int16', 'float32'] as const;

/** Voxels in C order; of uint64, the value is put into the high word alone. */
function fill(
  dtype: ComponentsRequest['dtype'],
  shapeZyx: Zyx,
  valueAt: (z: number, y: number, x: number) => number,
) {
  const voxels = allocate(dtype, volumeOf(shapeZyx));
  const [, sizeY, sizeX] = shapeZyx;
  for (let at = 0; at < voxels.length; at++) {
    const row = Math.floor(at / sizeX);
    const value = valueAt(Math.floor(row / sizeY), row % sizeY, at % sizeX);
    if (voxels instanceof BigUint64Array) voxels[at] = BigInt(value) << 32n;
    else voxels[at] = value;
  }
  return voxels;
}

/**
 * Labels voxels on one thread and on three, plane by plane and in large slabs: all as the plain twin does. Returns how
 * many components there are.
 */
async function expectAsReference(request: ComponentsRequest, voxels: VoxelArray): Promise<number> {
  const { ids, count } = componentsReference(request, voxels);
  for (const threads of [alone, three])
    for (const slabVoxels of [1, 2 ** 20]) {
      const found = await connectedComponents(threads, request, voxels, signal, slabVoxels);
      expect(found.count).toBe(count);
      expect(Buffer.compare(Buffer.from(found.ids.buffer), Buffer.from(ids.buffer))).toBe(0);
    }
  return count;
}

const shapes = fc.tuple(
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 1, max: 9 }),
  fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(63, 64, 65, 127, 128, 129, 200)),
);

describe('connected components', () => {
  it('of a few labels are those of the plain twin', async () => {
    const someLabels = fc.record({
      shapeZyx: shapes,
      connectivity: fc.constantFrom(...connectivities),
      dtype: fc.constantFrom(...labelDtypes),
      labels: fc.integer({ min: 2, max: 5 }),
      // How often a voxel is as the one before it: short runs, and long ones.
      repeats: fc.constantFrom(0, 0.5, 0.9),
      seed: fc.integer(),
    });
    await fc.assert(
      fc.asyncProperty(someLabels, async ({ labels, repeats, seed, ...request }) => {
        const next = randomNumbers(seed);
        let value = 0;
        const voxels = fill(request.dtype, request.shapeZyx, () => {
          if (next() >= repeats) value = Math.floor(next() * labels);
          return value;
        });
        await expectAsReference(request, voxels);
      }),
      { numRuns: 150, seed: 10 },
    );
  });

  it('of the voxels in a range are those of the plain twin', async () => {
    const somethingInRange = fc.record({
      shapeZyx: shapes,
      connectivity: fc.constantFrom(...connectivities),
      dtype: fc.constantFrom(...imageDtypes),
      // Around the densities at which one component comes to reach all through.
      share: fc.constantFrom(0.05, 0.1, 0.14, 0.31, 0.6, 1),
      seed: fc.integer(),
    });
    await fc.assert(
      fc.asyncProperty(somethingInRange, async ({ share, seed, ...request }) => {
        const next = randomNumbers(seed);
        const low = request.dtype === 'int16' ? -7.5 : 20.25;
        const range = { low, high: low + 100.5 };
        const voxels = fill(request.dtype, request.shapeZyx, () =>
          next() < share
            ? low + 0.75 + Math.floor(next() * 100)
            : low - 0.25 - (next() < 0.5 ? 1 : 0),
        );
        await expectAsReference({ ...request, range }, voxels);
      }),
      { numRuns: 150, seed: 11 },
    );
  });

  it.each([
    [6, 1050],
    [18, 1],
    [26, 1],
  ] as const)('of a checkerboard at %i: %i', async (connectivity, count) => {
    const shapeZyx = [5, 6, 70] as const;
    const voxels = fill('uint32', shapeZyx, (z, y, x) => (z + y + x + 1) % 2);
    const request = { shapeZyx, connectivity, dtype: 'uint32' } as const;
    expect(await expectAsReference(request, voxels)).toBe(count);
  });

  it.each(connectivities)(
    'of labels that alternate without background at %i',
    async (connectivity) => {
      const shapeZyx = [4, 5, 67] as const;
      const voxels = fill('uint16', shapeZyx, (z, y, x) => 1 + ((z + y + x) % 2));
      const count = await expectAsReference({ shapeZyx, connectivity, dtype: 'uint16' }, voxels);
      expect(count).toBe(connectivity === 6 ? volumeOf(shapeZyx) : 2);
    },
  );

  it('of a thread that winds through the volume: one', async () => {
    const shapeZyx = [7, 9, 131] as const;
    // Every second row of every second plane is full; one voxel at alternating ends leads on to the next.
    const voxels = fill('uint8', shapeZyx, (z, y, x) => {
      if (z % 2 === 1) return Number(y === (z % 4 === 1 ? 8 : 0) && x === 0);
      if (y % 2 === 1) return Number(x === (y % 4 === 1 ? 130 : 0));
      return 1;
    });
    const request = { shapeZyx, connectivity: 6, dtype: 'uint8' } as const;
    expect(await expectAsReference(request, voxels)).toBe(1);
  });

  it.each([0n, 1n, 2n ** 63n])('tells 64-bit labels apart by every bit: %i', async (base) => {
    const shapeZyx = [1, 1, 66] as const;
    const voxels = BigUint64Array.from({ length: 66 }, (_, bit) =>
      bit < 64 ? base ^ (1n << BigInt(bit)) : base,
    );
    const request = { shapeZyx, connectivity: 6, dtype: 'uint64' } as const;
    const zeros = voxels.filter((label) => label === 0n).length;
    expect(await expectAsReference(request, voxels)).toBe(65 - (zeros === 2 ? 1 : zeros));
  });

  it.each(['uint8', 'float32'] as const)(
    'takes in the ends of a range of %s, and no NaN',
    async (dtype) => {
      const shapeZyx = [1, 1, 9] as const;
      const voxels = allocate(dtype, 9);
      voxels.set([3, 0, 7, 0, 2, 0, 8, 0, Number.NaN]);
      const request = { shapeZyx, connectivity: 6, dtype, range: { low: 3, high: 7 } } as const;
      expect(await expectAsReference(request, voxels)).toBe(2);
      const nothing = { ...request, range: { low: 7, high: 3 } };
      expect(await expectAsReference(nothing, voxels)).toBe(0);
    },
  );

  it('are none in a volume without voxels, one in a long row of one label', async () => {
    const request = { connectivity: 26, dtype: 'uint32' } as const;
    expect(await expectAsReference({ ...request, shapeZyx: [0, 4, 4] }, new Uint32Array())).toBe(0);
    const row = new Uint32Array(100_001).fill(0xffffffff);
    expect(await expectAsReference({ ...request, shapeZyx: [1, 1, 100_001] }, row)).toBe(1);
    const column = row.subarray(0, 1001);
    expect(await expectAsReference({ ...request, shapeZyx: [1001, 1, 1] }, column)).toBe(1);
  });
});

describe('a search for connected components', () => {
  const request = { shapeZyx: [4, 4, 4], connectivity: 26, dtype: 'uint8' } as const;

  it('rejects voxels that are not of the shape', async () => {
    const error = await connectedComponents(alone, request, new Uint8Array(63), signal).catch(
      (reason: unknown) => reason,
    );
    expect(isFloodlightError(error, 'BAD_PARAMETERS')).toBe(true);
  });

  it('rejects what does not fit into 2 GiB', async () => {
    const error = await streamComponents(
      alone,
      { ...request, shapeZyx: [1, 2 ** 16, 2 ** 16] },
      { read: () => expect.fail('nothing to read'), write: () => {} },
      signal,
    ).catch((reason: unknown) => reason);
    expect(isFloodlightError(error, 'BUDGET_EXCEEDED')).toBe(true);
  });

  it('ends when it is cancelled', async () => {
    const abort = new AbortController();
    const read: number[] = [];
    const error = await streamComponents(
      alone,
      request,
      {
        read: ({ first }) => {
          read.push(first);
          if (first === 2) abort.abort();
        },
        write: () => expect.fail('nothing to write'),
      },
      abort.signal,
      1,
    ).catch((reason: unknown) => reason);
    expect(isAbort(error)).toBe(true);
    expect(read).toEqual([0, 1, 2]);
  });
});
