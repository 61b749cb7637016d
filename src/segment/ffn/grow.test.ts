import { describe, expect, it } from 'vitest';
import type { Zyx } from '../../core/vec';
import { CanvasStore } from './canvas-store';
import { growObjects } from './grow';
import { FfnObject } from './object';
import { fakeNetwork, fieldsOf, testThresholds } from './testing';
import { differences, FIELD, grow, makeCase, reference, wholeCanvas } from './testing-objects';

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
    const isObject = (logits: Float32Array) =>
      logits.map((v) => (v >= testThresholds.segment ? 1 : 0));
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
