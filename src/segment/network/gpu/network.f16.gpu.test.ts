import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomNumbers } from '../../../core/testing/random';
import { volumeOf, type Zyx } from '../../../core/vec';
import type { GpuContext } from '../../../gpu/device';
import { GpuMemory } from '../../../gpu/memory';
import { Pipelines } from '../../../gpu/pipelines';
import { testGpu } from '../../../gpu/testing';
import { publishedModel } from '../../../models/testing';
import { goldenFieldOfView } from '../../../models/testing-golden';
import { hasData } from '../../../volume/testing/data';
import type { FfnLayers } from '../network';
import { errorAgainstTwin, randomNetwork, relativeError } from '../testing';
import { createGpuNetwork } from './network';
import { TILINGS_OF_GPUS, type Tiling } from './tiling';

/** Of the logits, L2. */
const BOUND = 1e-2;

let gpu: GpuContext;
let memory: GpuMemory;
let pipelines: Pipelines;
beforeAll(async () => {
  gpu = await testGpu();
  memory = new GpuMemory(gpu.device, 2 ** 28);
  pipelines = new Pipelines(gpu.device);
});

const create = (layers: FfnLayers, fieldOfViewZyx: Zyx, maxBatch: number, tiling?: Tiling) =>
  createGpuNetwork(gpu, memory, layers, {
    ...{ fieldOfViewZyx, maxBatch, pipelines, precision: 'f16' },
    ...(tiling ? { tiling } : {}),
  });

const size = fc.integer({ min: 1, max: 7 });
const cases = fc.record({
  depth: fc.integer({ min: 1, max: 3 }),
  features: fc.integer({ min: 1, max: 33 }),
  taps: fc.constantFrom([3], [3, 1, 1], [1, 3]) as fc.Arbitrary<(1 | 3)[]>,
  shape: fc.tuple(size, size, size),
  fields: fc.integer({ min: 1, max: 3 }),
});

describe('a network in f16', () => {
  it('has an adapter to be tested on', () => {
    expect(gpu.adapter.features).toContain('shader-f16');
  });

  it.each([undefined, TILINGS_OF_GPUS[0]])(
    'gives what the plain twin gives, nearly, cut up as %o',
    (tiling) =>
      fc.assert(
        fc.asyncProperty(cases, async ({ depth, features, taps, shape, fields }) => {
          const layers = randomNetwork(randomNumbers(features), depth, features, taps);
          const network = await create(layers, shape, fields, tiling);
          expect(network.precision).toBe('f16');
          const uniform = randomNumbers(volumeOf(shape) + fields);
          const error = await errorAgainstTwin(network, layers, fields, uniform);
          network.dispose();
          expect(error).toBeLessThan(BOUND);
          // Not f32 by another name.
          if (volumeOf(shape) > 8 && features > 4) expect(error).toBeGreaterThan(1e-6);
        }),
        { numRuns: 8 },
      ),
    // llvmpipe compiles for seconds, on a busy machine for minutes.
    180_000,
  );

  it('takes half of what f32 does for its activations and weights, tap by tap', async () => {
    const layers = randomNetwork(randomNumbers(1), 2, 32);
    const bytesOf = async (precision: 'f32' | 'f16') => {
      const before = memory.usedBytes;
      const fieldOfViewZyx: Zyx = [17, 17, 17];
      const network = await createGpuNetwork(gpu, memory, layers, {
        ...{ fieldOfViewZyx, maxBatch: 1, pipelines, precision, tiling: TILINGS_OF_GPUS[0] },
      });
      const bytes = memory.usedBytes - before;
      network.dispose();
      await Promise.resolve();
      return bytes;
    };
    expect((await bytesOf('f16')) / (await bytesOf('f32'))).toBeLessThan(0.55);
  });
});

describe.runIf(hasData('ffn-fib25'))('the published network in f16', () => {
  it('leads from the seed to the first step in the golden field of view', async () => {
    const model = await publishedModel();
    const golden = await goldenFieldOfView();
    const network = await create(model, model.fieldOfViewZyx, 1);
    const logits = await network.apply(golden.image, golden.seed);
    network.dispose();
    expect(relativeError(logits, golden.first)).toBeLessThan(BOUND);
    // 46 GFLOP, on whatever the machine has.
  }, 180_000);
});
