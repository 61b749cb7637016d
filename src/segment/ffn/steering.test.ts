import { describe, expect, it } from 'vitest';
import type { Zyx } from '../../core/vec';
import { CanvasStore } from './canvas-store';
import { growObjects } from './grow';
import { FfnObject } from './object';
import { fakeNetwork, fieldsOf, testThresholds } from './testing';
import { type Case, FIELD, grow, makeCase } from './testing-objects';

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
  const has = (object: FfnObject, zyx: Zyx) => object.canvas.at(zyx) >= testThresholds.segment;

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
