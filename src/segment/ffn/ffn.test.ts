import { describe, expect, it } from 'vitest';
import { brickKey, brickOfKey, brickOfVoxel } from '../../core/brick';
import { bitOfVoxel } from '../../core/brick-bits';
import { MemoryDisk } from '../../core/testing/memory-disk';
import { randomNumbers } from '../../core/testing/random';
import { volumeOf, type Zyx } from '../../core/vec';
import { CANVAS_BRICK_BYTES, CanvasStore } from './canvas-store';
import { type GrowHooks, growObjects } from './grow';
import { finestBricks, maskOfBrick } from './mask';
import { FfnObject, type ObjectSetup } from './object';
import { ffnParams, thresholdsOf } from './params';
import { referenceSegment } from './reference';
import { fakeNetwork, fieldsOf, tubes } from './testing';

const thresholds = thresholdsOf(ffnParams.parse({ model: 'fake' }), {
  padProbability: 0.05,
  moveThreshold: 0.9,
});

const FIELD: Zyx = [9, 9, 9];
const DELTAS: Zyx = [2, 2, 2];

interface Case {
  readonly shapeZyx: Zyx;
  readonly image: Float32Array;
  readonly setup: ObjectSetup;
  readonly visited: Zyx[];
}

function makeCase(shapeZyx: Zyx, seed: number, changes: Partial<ObjectSetup> = {}): Case {
  return {
    shapeZyx,
    image: tubes(shapeZyx, seed),
    visited: [],
    setup: {
      startZyx: shapeZyx.map((size) => size >> 1) as unknown as Zyx,
      fieldOfViewZyx: FIELD,
      deltasZyx: DELTAS,
      thresholds,
      canvas: { originZyx: [0, 0, 0], shapeZyx },
      isTaken: () => false,
      ...changes,
    },
  };
}

/** Grows an object in bricks, and notes where its fields of view were. */
async function grow(
  { setup, image, shapeZyx, visited }: Case,
  hooks: Partial<GrowHooks> = {},
  store = new CanvasStore(Number.POSITIVE_INFINITY),
): Promise<FfnObject> {
  const object = new FfnObject(setup, store);
  const source = fieldsOf(image, shapeZyx, setup.fieldOfViewZyx);
  await growObjects([object], {
    network: fakeNetwork(setup.fieldOfViewZyx),
    image: {
      read: (zyx, signal) => {
        visited.push(zyx);
        return source.read(zyx, signal);
      },
    },
    signal: new AbortController().signal,
    batch: 1,
    ...hooks,
  });
  return object;
}

const wholeCanvas = (object: FfnObject, shapeZyx: Zyx) =>
  object.canvas.read({ originZyx: [0, 0, 0], shapeZyx });

/** NaN is the same as NaN. */
function differences(a: Float32Array, b: Float32Array): number {
  let found = Math.abs(a.length - b.length);
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) found++;
  return found;
}

const reference = ({ setup, image, shapeZyx }: Case, maxSteps = Number.POSITIVE_INFINITY) =>
  referenceSegment({
    ...setup,
    shapeZyx,
    image,
    maxSteps,
    segmentation: Uint32Array.from({ length: volumeOf(shapeZyx) }, (_, index) => {
      const row = Math.floor(index / shapeZyx[2]);
      const zyx: Zyx = [Math.floor(row / shapeZyx[1]), row % shapeZyx[1], index % shapeZyx[2]];
      return setup.isTaken(zyx) ? 1 : 0;
    }),
    apply: (field, seed) => fakeNetwork(setup.fieldOfViewZyx).apply(field, seed),
  });

describe('inference in bricks', () => {
  const shapes: Zyx[] = [
    [70, 75, 67],
    [40, 130, 33],
    [65, 64, 63],
    [23, 21, 129],
    [128, 31, 70],
  ];
  it.each(shapes.map((shapeZyx, index) => [shapeZyx.join(' × '), shapeZyx, index] as const))(
    'visits the same places and has the same logits as one dense canvas: %s',
    async (_, shapeZyx, seed) => {
      const one = makeCase(shapeZyx, seed);
      const plain = await reference(one);
      const object = await grow(one);
      expect(plain.visited.length).toBeGreaterThan(4);
      expect(one.visited).toEqual(plain.visited);
      expect(object.steps).toBe(plain.visited.length);
      expect(differences(wholeCanvas(object, shapeZyx), plain.logits)).toBe(0);
      const grid = {
        scaleZyx: [1, 1, 1] as const,
        offsetZyx: [0, 0, 0] as const,
        bounds: { originZyx: [0, 0, 0] as const, shapeZyx },
      };
      let voxels = 0;
      let wrong = 0;
      const keys = new Set([...object.canvas.keys()].flatMap((key) => finestBricks(key, grid)));
      for (const key of keys) {
        const [bz, by, bx] = brickOfKey(key);
        const bits = maskOfBrick(object.canvas, [bz, by, bx], thresholds.segment, grid);
        for (let z = bz * 64; z < Math.min(bz * 64 + 64, shapeZyx[0]); z++)
          for (let y = by * 64; y < Math.min(by * 64 + 64, shapeZyx[1]); y++)
            for (let x = bx * 64; x < Math.min(bx * 64 + 64, shapeZyx[2]); x++) {
              const { word, bit } = bitOfVoxel([z, y, x]);
              const mine = ((bits[word] ?? 0) >>> bit) & 1;
              voxels += mine;
              if (mine !== plain.mask[(z * shapeZyx[1] + y) * shapeZyx[2] + x]) wrong++;
            }
      }
      expect(wrong).toBe(0);
      expect(voxels).toBe(plain.mask.reduce((sum, mine) => sum + mine, 0));
    },
  );

  it('keeps out of finished segments, and ends after so many steps', async () => {
    const isTaken = ([, , x]: Zyx) => x > 38;
    const one = makeCase([70, 75, 67], 3, { isTaken });
    const plain = await reference(one, 12);
    const object = await grow(one, { maxSteps: 12 });
    expect(one.visited).toEqual(plain.visited);
    expect(object.steps).toBe(12);
    expect(object.queued).toBeGreaterThan(0);
    expect(one.visited.every((zyx) => !isTaken(zyx))).toBe(true);
  });

  it('ends where the start is no longer believed', async () => {
    const dark = makeCase([30, 30, 30], 1);
    dark.image.fill(-0.9);
    const plain = await reference(dark);
    const object = await grow(dark);
    expect([plain.isWeak, object.isWeak]).toEqual([true, true]);
    expect(object.steps).toBe(plain.visited.length);
  });

  it('has the same logits where bricks go to a file and come back', async () => {
    const shapeZyx: Zyx = [90, 90, 250];
    const one = makeCase(shapeZyx, 7, {
      startZyx: [64, 64, 64],
      fieldOfViewZyx: [17, 17, 17],
      deltasZyx: [6, 6, 6],
    });
    // A bright bar where bricks meet, all along x.
    for (let i = 0; i < one.image.length; i++) {
      const row = Math.floor(i / 250);
      const away = Math.hypot(Math.floor(row / 90) - 64, (row % 90) - 64);
      one.image[i] = away < 4 ? 0.9 : -0.9;
    }
    const disk = new MemoryDisk();
    const store = new CanvasStore(8 * CANVAS_BRICK_BYTES, disk.open('canvas'));
    const spilled = await grow(one, { maxSteps: 150 }, store);
    const visited = one.visited.splice(0);
    const kept = await grow(one, { maxSteps: 150 });
    expect(spilled.canvas.size).toBeGreaterThan(9);
    expect(store.memoryBytes).toBe(8 * CANVAS_BRICK_BYTES);
    expect(store.fileBytes).toBeGreaterThan(0);
    expect(visited).toEqual(one.visited);
    expect(differences(wholeCanvas(spilled, shapeZyx), wholeCanvas(kept, shapeZyx))).toBe(0);
    spilled.dispose();
    expect(store.memoryBytes).toBe(0);

    const budget = { code: 'BUDGET_EXCEEDED' };
    const noFile = new CanvasStore(8 * CANVAS_BRICK_BYTES);
    await expect(grow(one, { maxSteps: 150 }, noFile)).rejects.toMatchObject(budget);
    const full = new MemoryDisk(2 * CANVAS_BRICK_BYTES);
    const noRoom = new CanvasStore(8 * CANVAS_BRICK_BYTES, full.open('canvas'));
    await expect(grow(one, { maxSteps: 150 }, noRoom)).rejects.toMatchObject(budget);
    const small = new CanvasStore(8 * CANVAS_BRICK_BYTES, disk.open('other'), CANVAS_BRICK_BYTES);
    await expect(grow(one, { maxSteps: 150 }, small)).rejects.toMatchObject(budget);
  });
});

describe('batches', () => {
  it('of one object hold fields of view that do not overlap, and reach as far', async () => {
    const one = makeCase([70, 75, 67], 3);
    const alone = await grow(one);
    const steps = one.visited.splice(0);
    const network = fakeNetwork(FIELD);
    const together = await grow(one, { batch: 4, network });
    expect(Math.max(...network.calls)).toBeGreaterThan(1);
    let at = 0;
    for (const size of network.calls) {
      const batch = one.visited.slice(at, at + size);
      at += size;
      for (const [i, a] of batch.entries())
        for (const b of batch.slice(i + 1))
          expect(a.some((p, axis) => Math.abs(p - (b[axis] ?? 0)) >= 9)).toBe(true);
    }
    expect(network.calls.length).toBeLessThan(steps.length);
    const isObject = (logits: Float32Array) => logits.map((v) => (v >= thresholds.segment ? 1 : 0));
    const [a, b] = [alone, together].map((object) => isObject(wholeCanvas(object, [70, 75, 67])));
    const same = a?.reduce((sum, mine, index) => sum + mine * (b?.[index] ?? 0), 0) ?? 0;
    const all = [a, b].map((mask) => mask?.reduce((sum, mine) => sum + mine, 0) ?? 0);
    expect((2 * same) / ((all[0] ?? 0) + (all[1] ?? 0))).toBeGreaterThan(0.98);
  });

  it('of several objects give each what it gets alone', async () => {
    const shapeZyx: Zyx = [70, 75, 67];
    const [first, second] = [makeCase(shapeZyx, 3), makeCase(shapeZyx, 3)];
    const startZyx = second.setup.startZyx.map(
      (p, axis) => p + (axis === 2 ? 2 : 0),
    ) as unknown as Zyx;
    const moved = { ...second, setup: { ...second.setup, startZyx } };
    const alone = [await grow(first), await grow(moved)];
    const store = new CanvasStore(Number.POSITIVE_INFINITY);
    const objects = [first, moved].map(({ setup }) => new FfnObject(setup, store));
    const network = fakeNetwork(FIELD);
    await growObjects(objects, {
      network,
      image: fieldsOf(first.image, shapeZyx, FIELD),
      signal: new AbortController().signal,
      batch: 1,
    });
    expect(network.calls[0]).toBe(2);
    for (const [index, object] of objects.entries()) {
      const expected = alone[index];
      if (!expected) throw new Error('no object');
      expect(object.steps).toBe(expected.steps);
      expect(differences(wholeCanvas(object, shapeZyx), wholeCanvas(expected, shapeZyx))).toBe(0);
    }
  });
});

describe('a run', () => {
  it('that was broken off goes on without losing a place', async () => {
    const one = makeCase([70, 75, 67], 3);
    const plain = await reference(one);
    const object = new FfnObject(one.setup, new CanvasStore(Number.POSITIVE_INFINITY));
    const source = fieldsOf(one.image, one.shapeZyx, FIELD);
    const good = fakeNetwork(FIELD);
    let calls = 0;
    const failing = {
      ...good,
      apply: async (image: Float32Array, seed: Float32Array) => {
        if (++calls % 3 === 0) throw new Error('lost');
        return good.apply(image, seed);
      },
    };
    const hooks = { image: source, signal: new AbortController().signal, batch: 1 };
    for (let failures = 0; ; failures++) {
      const isDone = await growObjects([object], { ...hooks, network: failing }).then(
        () => true,
        () => false,
      );
      if (isDone) break;
      expect(failures).toBeLessThan(500);
    }
    expect(object.steps).toBe(plain.visited.length);
    expect(differences(wholeCanvas(object, one.shapeZyx), plain.logits)).toBe(0);
  });

  it('is cancelled between two steps, and held while it is paused', async () => {
    const one = makeCase([70, 75, 67], 3);
    const abort = new AbortController();
    let steps = 0;
    const cancelled = grow(one, {
      signal: abort.signal,
      onStep: () => {
        if (++steps === 3) abort.abort();
      },
    });
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
    expect(steps).toBe(3);
  });

  it('goes on without fields of view that cannot be read, and says how many', async () => {
    const one = makeCase([70, 75, 67], 3);
    const source = fieldsOf(one.image, one.shapeZyx, FIELD);
    const object = new FfnObject(one.setup, new CanvasStore(Number.POSITIVE_INFINITY));
    const unread = await growObjects([object], {
      network: fakeNetwork(FIELD),
      image: {
        read: async (zyx, signal) =>
          zyx.some((p, axis) => Math.abs(p - (one.setup.startZyx[axis] ?? 0)) > 5)
            ? undefined
            : source.read(zyx, signal),
      },
      signal: new AbortController().signal,
      batch: 1,
    });
    expect(unread).toBeGreaterThan(0);
    expect(object.steps).toBeGreaterThan(0);
  });

  it('ends with an error where the network gives no numbers', async () => {
    const one = makeCase([30, 30, 30], 3);
    const broken = {
      ...fakeNetwork(FIELD),
      apply: async (image: Float32Array) => image.map(() => Number.NaN),
    };
    await expect(grow(one, { network: broken })).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});

describe('steering', () => {
  const shapeZyx: Zyx = [40, 40, 80];
  /** A bright bar along x with a dark gap in its middle. */
  const bar = () => {
    const one = makeCase(shapeZyx, 1, { startZyx: [20, 20, 10] });
    one.image.fill(-0.9);
    for (let z = 16; z < 24; z++)
      for (let y = 16; y < 24; y++)
        for (let x = 5; x < 75; x++) if (x < 38 || x > 44) one.image[(z * 40 + y) * 80 + x] = 0.9;
    return one;
  };
  const hooksOf = (one: Case) => ({
    network: fakeNetwork(FIELD),
    image: fieldsOf(one.image, shapeZyx, FIELD),
    signal: new AbortController().signal,
    batch: 1,
  });
  const has = (object: FfnObject, zyx: Zyx) => object.canvas.at(zyx) >= thresholds.segment;

  it('by another seed lets the object grow on from there', async () => {
    const one = bar();
    const object = await grow(one);
    expect([has(object, [20, 20, 30]), has(object, [20, 20, 60])]).toEqual([true, false]);
    object.addSeed([20, 20, 60]);
    await growObjects([object], hooksOf(one));
    expect([has(object, [20, 20, 30]), has(object, [20, 20, 60])]).toEqual([true, true]);
    expect(has(object, [20, 20, 70])).toBe(true);
  });

  it('by another seed comes back where disconnection was frozen', async () => {
    const one = bar();
    const object = await grow(one);
    const zyx: Zyx = [20, 20, 40];
    expect(object.canvas.at(zyx)).toBeLessThan(0);
    for (let z = 16; z < 24; z++)
      for (let y = 16; y < 24; y++)
        for (let x = 38; x <= 44; x++) one.image[(z * 40 + y) * 80 + x] = 0.9;
    object.addSeed(zyx);
    await growObjects([object], hooksOf(one));
    expect([has(object, zyx), has(object, [20, 20, 70])]).toEqual([true, true]);
  });

  it.each([
    [7.5, [1, 1, 1]],
    [15, [2, 2, 2]],
    [15, [3, 2, 2]],
  ] as const)(
    'by a block keeps the object out of a ball and of what lies behind it, radius %d at a level of %j',
    async (radius, scaleZyx) => {
      const one = bar();
      const object = new FfnObject(one.setup, new CanvasStore(Number.POSITIVE_INFINITY));
      object.block({ zyx: [20, 20, 24], radius, scaleZyx });
      const asked: Zyx[] = [];
      const hooks = hooksOf(one);
      await growObjects([object], {
        ...hooks,
        image: {
          read: (zyx, signal) => {
            asked.push(zyx);
            return hooks.image.read(zyx, signal);
          },
        },
      });
      expect(has(object, [20, 20, 12])).toBe(true);
      expect(has(object, [20, 20, 24])).toBe(false);
      expect(has(object, [20, 20, 35])).toBe(false);
      const [scaleZ, scaleY, scaleX] = scaleZyx;
      for (const [z, y, x] of asked)
        expect(Math.hypot((z - 20) * scaleZ, (y - 20) * scaleY, (x - 24) * scaleX)).toBeGreaterThan(
          radius,
        );
    },
  );
});

describe('the mask of a coarser level', () => {
  it('has each finest voxel as the level’s voxel that holds its middle', () => {
    const next = randomNumbers(5);
    const levelShape: Zyx = [40, 37, 70];
    const object = new FfnObject(
      makeCase(levelShape, 1).setup,
      new CanvasStore(Number.POSITIVE_INFINITY),
    );
    const logits = Float32Array.from({ length: volumeOf(levelShape) }, () => next() * 8 - 4);
    object.canvas.write({ originZyx: [0, 0, 0], shapeZyx: levelShape }, logits);
    const grid = {
      scaleZyx: [1, 2, 2] as const,
      offsetZyx: [0, 0.5, -0.5] as const,
      bounds: { originZyx: [0, 0, 0] as const, shapeZyx: [40, 73, 139] as const },
    };
    const keys = new Set([...object.canvas.keys()].flatMap((key) => finestBricks(key, grid)));
    expect(keys.size).toBe(6);
    let wrong = 0;
    for (let z = 0; z < 40; z++)
      for (let y = 0; y < 73; y++)
        for (let x = 0; x < 139; x++) {
          const key = brickKey(brickOfVoxel([z, y, x]));
          if (!keys.has(key)) wrong++;
          const level: Zyx = [z, Math.floor(y / 2), Math.floor((x + 1) / 2)];
          const logit = logits[(level[0] * 37 + level[1]) * 70 + level[2]] ?? Number.NaN;
          const { word, bit } = bitOfVoxel([z, y, x]);
          const bits =
            masks.get(key) ?? maskOfBrick(object.canvas, brickOfKey(key), thresholds.segment, grid);
          masks.set(key, bits);
          if ((((bits[word] ?? 0) >>> bit) & 1) !== (logit >= thresholds.segment ? 1 : 0)) wrong++;
        }
    expect(wrong).toBe(0);
  });
  const masks = new Map<number, Uint32Array>();
});
