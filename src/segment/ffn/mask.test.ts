import { describe, expect, it } from 'vitest';
import { brickKey, brickOfKey, brickOfVoxel } from '../../core/brick';
import { bitOfVoxel } from '../../core/brick-bits';
import { randomNumbers } from '../../core/testing/random';
import { volumeOf, type Zyx } from '../../core/vec';
import { CanvasStore } from './canvas-store';
import { finestBricks, maskOfBrick } from './mask';
import { FfnObject } from './object';
import { testThresholds } from './testing';
import { makeCase } from './testing-objects';

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
            masks.get(key) ??
            maskOfBrick(object.canvas, brickOfKey(key), testThresholds.segment, grid);
          masks.set(key, bits);
          if ((((bits[word] ?? 0) >>> bit) & 1) !== (logit >= testThresholds.segment ? 1 : 0))
            wrong++;
        }
    expect(wrong).toBe(0);
  });
  const masks = new Map<number, Uint32Array>();
});
