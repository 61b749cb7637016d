import { describe, expect, it } from 'vitest';
import { brickKey } from '../../core/brick';
import { FloodlightError } from '../../core/errors';
import { randomNumbers } from '../../core/testing/random';
import { volumeOf, type Zyx } from '../../core/vec';
import { fieldsOf } from '../../segment/ffn/testing';
import { cutBrick } from '../../segment/flood-fill/test-volumes';
import type { LevelReader } from '../../volume/model';
import { Scheduler } from '../scheduler/scheduler';
import { LevelFields } from './field-source';
import { fitLevel } from './fit-level';
import { levelNormalization } from './normalization';

const SHAPE: Zyx = [70, 90, 130];
const next = randomNumbers(3);
const values = Uint8Array.from({ length: volumeOf(SHAPE) }, () => 90 + 60 * next());

/** A level in memory, of which some bricks cannot be read. */
function levelOf(unreadable: (brickZyx: Zyx) => unknown = () => undefined) {
  const asked: string[] = [];
  const level = {
    info: { shapeZyx: SHAPE },
    dtype: 'uint8',
    readBrick: async (brickZyx: Zyx, signal?: AbortSignal) => {
      asked.push(brickZyx.join());
      signal?.throwIfAborted();
      const error = unreadable(brickZyx);
      if (error) throw error;
      return { dtype: 'uint8', data: cutBrick(values, SHAPE, 'uint8', brickZyx) };
    },
    readBox: async ({ originZyx: [z0, y0, x0], shapeZyx }: { originZyx: Zyx; shapeZyx: Zyx }) => {
      const part = new Uint8Array(volumeOf(shapeZyx));
      let to = 0;
      for (let z = z0; z < z0 + shapeZyx[0]; z++)
        for (let y = y0; y < y0 + shapeZyx[1]; y++)
          for (let x = x0; x < x0 + shapeZyx[2]; x++)
            part[to++] = values[(z * SHAPE[1] + y) * SHAPE[2] + x] ?? 0;
      return part;
    },
  } as unknown as LevelReader;
  return { level, asked };
}
const { signal } = new AbortController();
const broken = new FloodlightError('CHUNK_FAILED', { array: 'a', chunk: 'c', reason: 'broken' });

describe('fields of view of a level', () => {
  const field: Zyx = [9, 7, 11];
  const normalization = { mean: 120, deviation: 20 };

  it('are those of the whole level, across bricks, normalised', async () => {
    const { level, asked } = levelOf();
    const source = new LevelFields(level, new Scheduler(), field, normalization);
    const image = Float32Array.from(values, (value) => (value - 120) / 20);
    const plain = fieldsOf(image, SHAPE, field);
    const places: Zyx[] = [
      [64, 64, 64],
      [4, 3, 5],
      [65, 86, 124],
      [60, 60, 127 - 6],
    ];
    for (const place of places)
      expect(await source.read(place, signal)).toEqual(await plain.read(place, signal));
    // Each brick is read once.
    expect(new Set(asked).size).toBe(asked.length);
    source.prefetch([[35, 35, 124]], signal);
    await source.read([35, 35, 124], signal);
    expect(new Set(asked).size).toBe(asked.length);
  });

  it('that need a brick that cannot be read are none; other failures are thrown', async () => {
    const { level } = levelOf(([, , x]) => x === 1 && broken);
    const source = new LevelFields(level, new Scheduler(), field, normalization);
    expect(await source.read([20, 20, 20], signal)).toBeDefined();
    expect(await source.read([20, 20, 62], signal)).toBeUndefined();
    expect([...source.unread]).toEqual([brickKey([0, 0, 1])]);

    const lost = new LevelFields(
      levelOf(() => new Error('lost')).level,
      new Scheduler(),
      field,
      normalization,
    );
    lost.prefetch([[20, 20, 20]], signal);
    await expect(lost.read([20, 20, 20], signal)).rejects.toThrow('lost');
  });

  it('are asked for again after what was aborted', async () => {
    const { level } = levelOf();
    const source = new LevelFields(level, new Scheduler(), field, normalization);
    const abort = new AbortController();
    const aborted = source.read([20, 20, 20], abort.signal);
    abort.abort();
    await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
    expect(await source.read([20, 20, 20], signal)).toBeDefined();
  });
});

describe('mean and deviation of a level', () => {
  it('are about those of all its voxels', async () => {
    const { mean, deviation } = await levelNormalization(levelOf().level, signal);
    const exactMean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - exactMean) ** 2, 0);
    expect(Math.abs(mean - exactMean)).toBeLessThan(0.2);
    expect(Math.abs(deviation - Math.sqrt(squares / values.length))).toBeLessThan(0.2);
  });
});

describe('mean and deviation of a level that cannot be read everywhere', () => {
  const reading = (isBroken: (origin: Zyx) => boolean): LevelReader => {
    const { level } = levelOf();
    const readBox: LevelReader['readBox'] = async (box, own) => {
      if (isBroken(box.originZyx)) throw broken;
      return level.readBox(box, own);
    };
    return { ...level, readBox };
  };

  it('are those of what can be read', async () => {
    const whole = await levelNormalization(levelOf().level, signal);
    const { mean, deviation } = await levelNormalization(
      reading(([, , x]) => x > 0),
      signal,
    );
    expect(Math.abs(mean - whole.mean)).toBeLessThan(1);
    expect(Math.abs(deviation - whole.deviation)).toBeLessThan(1);
    const unread = levelNormalization(
      reading(() => true),
      signal,
    );
    await expect(unread).rejects.toBe(broken);
  });
});

describe('the level for a model', () => {
  const levels = [1, 2, 4].map((factor) => ({
    path: `${factor}`,
    scaleZyx: [1, factor, factor] as const,
    offsetZyx: [0, 0, 0] as const,
    shapeZyx: SHAPE,
    chunkZyx: [64, 64, 64] as const,
  }));
  it.each([
    [[30, 4, 4], 0],
    [[30, 8, 8], 1],
    [[33, 10, 10], 1],
    [[30, 12, 12], 2],
    [[30, 100, 100], 2],
    [null, 0],
  ] as const)('of voxels of %j nm is %i', (nm, level) => {
    expect(fitLevel({ voxelSizeNm: [30, 4, 4], levels }, nm)).toBe(level);
  });
});
