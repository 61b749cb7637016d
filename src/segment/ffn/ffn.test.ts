import { describe, expect, it } from 'vitest';
import { brickOfKey } from '../../core/brick';
import { bitOfVoxel } from '../../core/brick-bits';
import { MemoryDisk } from '../../core/testing/memory-disk';
import type { Zyx } from '../../core/vec';
import { CANVAS_BRICK_BYTES, CanvasStore } from './canvas-store';
import { finestBricks, maskOfBrick } from './mask';
import { testThresholds } from './testing';
import { differences, grow, makeCase, reference, wholeCanvas } from './testing-objects';

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
        const bits = maskOfBrick(object.canvas, [bz, by, bx], testThresholds.segment, grid);
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
