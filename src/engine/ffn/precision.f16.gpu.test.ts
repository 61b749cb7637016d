import { afterEach, beforeEach, expect, it } from 'vitest';
import { create } from 'webgpu';
import { randomNumbers } from '../../core/testing/random';
import { volumeOf, type Zyx } from '../../core/vec';
import { testGpu } from '../../gpu/testing';
import { writeBundle } from '../../models/testing-bundle';
import { randomNetwork, tensorsOf } from '../../models/testing-network';
import { putImage } from '../../volume/testing/multiscale-files';
import { sourceOf } from '../../volume/testing/values';
import { Engine } from '../engine';
import { testSurroundings } from '../testing-surroundings';

const SHAPE: Zyx = [40, 42, 39];
const next = randomNumbers(5);
const image = Uint8Array.from({ length: volumeOf(SHAPE) }, () => Math.floor(256 * next()));

let engine: Engine;
let model: string;
beforeEach(async () => {
  await testGpu();
  engine = new Engine(testSurroundings({ gpu: create([]) }));
  await engine.start(() => {}, 'webgpu');
  const files = writeBundle('small', tensorsOf(randomNetwork(1, 4, 2)));
  const info = await engine.importModel(1, files, {
    ...{ fieldOfViewZyx: [17, 17, 17], deltasZyx: [4, 4, 4], voxelSizeNm: [10, 10, 10] },
    normalization: { mean: 128, deviation: 33 },
  });
  model = info.id;
  const made = new Map();
  const level = { shape: SHAPE, chunks: [32, 32, 32], valueAt: (at: number) => image[at] ?? 0 };
  await putImage(made, '', {
    ...{ ome: '0.5', scale: [10, 10, 10] },
    levels: [{ ...level, dtype: 'uint8' }],
  });
  await engine.open(sourceOf(made));
});
afterEach(() => engine.dispose());

it('grows a segment in f16, says so, and nearly as in f32', async () => {
  let job = 1;
  const grown = async (precision: 'f32' | 'f16') => {
    const result = await engine.segment(++job, {
      ...{ algorithm: 'ffn', seedZyx: [20, 21, 19] },
      params: {
        ...{ model, precision, maxSteps: 4, minSegmentSize: 0 },
        // Nobody trained it: it is to go on whatever it says.
        ...{ padProbability: 0.5, moveThreshold: 1e-30, segmentThreshold: 0.5 },
      },
    });
    await engine.undo();
    return result;
  };
  const [whole, half] = [await grown('f32'), await grown('f16')];
  expect(half.adapter).toBe(`${whole.adapter}, f16`);
  expect(half).toMatchObject({ backend: 'webgpu', steps: whole.steps });
  expect(whole.voxels).toBeGreaterThan(1000);
  expect(Math.abs(half.voxels / whole.voxels - 1)).toBeLessThan(0.02);
  await engine.setBackend('cpu');
  await expect(grown('f16')).rejects.toMatchObject({ code: 'PRECISION_UNAVAILABLE' });
});
