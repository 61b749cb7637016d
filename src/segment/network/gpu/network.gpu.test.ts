import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomNumbers } from '../../../core/testing/random';
import { volumeOf, type Zyx } from '../../../core/vec';
import type { GpuContext } from '../../../gpu/device';
import { GpuMemory } from '../../../gpu/memory';
import { Pipelines } from '../../../gpu/pipelines';
import { testGpu } from '../../../gpu/testing';
import type { FfnLayers, Precision } from '../network';
import { applyFfn } from '../reference';
import { errorAgainstTwin, randomNetwork, randomValues, relativeError } from '../testing';
import { createGpuNetwork } from './network';
import { TILINGS_OF_GPUS, type Tiling, tilingOf } from './tiling';

let gpu: GpuContext;
let memory: GpuMemory;
let pipelines: Pipelines;
beforeAll(async () => {
  gpu = await testGpu();
  memory = new GpuMemory(gpu.device, 2 ** 28);
  pipelines = new Pipelines(gpu.device);
});

const BOUND: Readonly<Record<Precision, number>> = { f32: 1e-5, f16: 1e-2 };

/** Applies a network to random fields of view, here and plainly, and compares them one by one. */
async function compare(
  layers: FfnLayers,
  fieldOfViewZyx: Zyx,
  fields: number,
  options: { precision?: Precision; tiling?: Tiling } = {},
) {
  const { precision = 'f32', tiling } = options;
  const network = await createGpuNetwork(gpu, memory, layers, {
    fieldOfViewZyx,
    maxBatch: fields,
    precision,
    pipelines,
    ...(tiling ? { tiling } : {}),
  });
  const uniform = randomNumbers(volumeOf(fieldOfViewZyx) + fields);
  const error = await errorAgainstTwin(network, layers, fields, uniform);
  network.dispose();
  expect(error).toBeLessThan(BOUND[precision]);
}

/** What this adapter takes, what is tried on GPUs, and tiles that fit nothing. */
const TILINGS_TRIED: readonly (Tiling | undefined)[] = [
  undefined,
  ...TILINGS_OF_GPUS,
  { kernel: 'tiled', tileX: 1, tileQuads: 3, groupsX: 2, groupsO: 1 },
  { kernel: 'direct', tileX: 1, tileQuads: 1, groupsX: 8, groupsO: 1 },
  { kernel: 'winograd', spread: 'alone', tileZ: 1, tileQuads: 1, groupsX: 3, lanes: 0 },
  { kernel: 'winograd', spread: 'shared', tileZ: 3, tileQuads: 3, groupsX: 8, lanes: 0 },
];

const size = fc.integer({ min: 1, max: 7 });
const cases = fc.record({
  depth: fc.integer({ min: 1, max: 3 }),
  features: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 24 }) },
    { weight: 1, arbitrary: fc.constantFrom(32, 61, 64) },
  ),
  shape: fc.tuple(size, size, size),
  fields: fc.integer({ min: 1, max: 5 }),
});

const gives = (
  numRuns: number,
  options: { precision?: Precision; tiling?: Tiling },
  taps: readonly (1 | 3)[] = [3],
) =>
  fc.assert(
    fc.asyncProperty(cases, ({ depth, features, shape, fields }) =>
      compare(
        randomNetwork(randomNumbers(features), depth, features, taps),
        shape,
        fields,
        options,
      ),
    ),
    { numRuns },
  );

describe('a network on the GPU', () => {
  it.each(TILINGS_TRIED)('gives what the plain twin gives, cut up as %o', (tiling) =>
    gives(4, tiling ? { tiling } : {}),
  );

  it.each(TILINGS_TRIED)('does so with layers of one tap, cut up as %o', async (tiling) => {
    for (const taps of [[1], [1, 3, 3], [3, 1, 1, 1]] as const)
      await gives(1, tiling ? { tiling } : {}, taps);
  });

  it.each(TILINGS_TRIED.slice(0, 2))(
    'does so in f16, nearly, where the adapter has it, cut up as %o',
    async (tiling) => {
      const options = { precision: 'f16', ...(tiling ? { tiling } : {}) } as const;
      if (gpu.device.features.has('shader-f16')) return gives(4, options);
      const tested = compare(randomNetwork(randomNumbers(1), 1, 4), [3, 3, 3], 1, options);
      await expect(tested).rejects.toMatchObject({ code: 'BAD_PARAMETERS' });
    },
  );

  const fieldOfViewZyx: Zyx = [5, 6, 7];
  const voxels = volumeOf(fieldOfViewZyx);
  const layers = randomNetwork(randomNumbers(1), 2, 8);
  const create = (more: object = {}) =>
    createGpuNetwork(gpu, memory, layers, {
      fieldOfViewZyx,
      maxBatch: 2,
      precision: 'f32',
      pipelines,
      ...more,
    });

  it('queues calls up, and keeps none of the arrays that it is given', async () => {
    const used = memory.usedBytes;
    const network = await create();
    const calls = [1, 2, 1].map((fields, index) => {
      const uniform = randomNumbers(index);
      const [image, seed] = [1, 2].map(() => randomValues(uniform, fields * voxels));
      if (!image || !seed) throw new Error('unreachable');
      const expected = applyFfn(
        layers,
        fieldOfViewZyx,
        image.slice(0, voxels),
        seed.slice(0, voxels),
      );
      const made = network.apply(image, seed);
      image.fill(7);
      seed.fill(7);
      return { made, expected };
    });
    for (const { made, expected } of calls)
      expect(relativeError((await made).subarray(0, voxels), expected)).toBeLessThan(BOUND.f32);
    network.dispose();
    await Promise.resolve();
    expect(memory.usedBytes).toBe(used);
  });

  it('tells what tiling it chose, and takes that one back', async () => {
    const chosen: Tiling[] = [];
    const onTuned = (tiling: Tiling) => chosen.push(tiling);
    (await create({ onTuned })).dispose();
    const stored = JSON.parse(JSON.stringify(chosen[0]));
    const tiling = tilingOf(gpu.adapter, stored);
    expect(tiling).toEqual(chosen[0]);
    (await create({ onTuned, tiling })).dispose();
    expect(chosen).toHaveLength(1);
  });

  it('is cancelled by a signal, or when it is disposed of, and then by nothing else', async () => {
    const network = await create();
    const values = randomValues(randomNumbers(3), voxels);
    const abort = new AbortController();
    const cancelled = network.apply(values, values, abort.signal);
    const kept = network.apply(values, values);
    abort.abort(new DOMException('Cancelled', 'AbortError'));
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
    expect((await kept).every(Number.isFinite)).toBe(true);
    const late = network.apply(values, values);
    network.dispose();
    await expect(late).rejects.toMatchObject({ name: 'AbortError' });
    await expect(network.apply(values, values)).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('refuses what is no batch', async () => {
    const network = await create();
    const of = (length: number) => new Float32Array(length);
    for (const [image, seed] of [
      [of(0), of(0)],
      [of(voxels - 1), of(voxels - 1)],
      [of(3 * voxels), of(3 * voxels)],
      [of(voxels), of(2 * voxels)],
    ] as const)
      await expect(network.apply(image, seed)).rejects.toMatchObject({ code: 'BAD_PARAMETERS' });
    network.dispose();
  });

  it('refuses layers and options that make no network', async () => {
    const [first, ...rest] = layers.layers;
    if (!first) throw new Error('unreachable');
    const weights = first.weights.subarray(1);
    for (const broken of [
      { ...layers, depth: 3 },
      { ...layers, features: 7 },
      { ...layers, depth: 0, layers: layers.layers.slice(-1) },
      { ...layers, layers: [{ ...first, weights }, ...rest] },
      { ...layers, layers: [{ ...first, kernelZyx: [3, 1, 3] as const }, ...rest] },
    ]) {
      const options = { fieldOfViewZyx, maxBatch: 1, precision: 'f32' } as const;
      const made = createGpuNetwork(gpu, memory, broken, options);
      await expect(made).rejects.toMatchObject({ code: 'BAD_PARAMETERS' });
    }
    for (const more of [
      { maxBatch: 0 },
      { maxBatch: 1.5 },
      { fieldOfViewZyx: [0, 3, 3] },
      { fieldOfViewZyx: [3, Number.NaN, 3] },
    ])
      await expect(create(more)).rejects.toMatchObject({ code: 'BAD_PARAMETERS' });
  });

  it('takes what there is room for, and nothing where that is too little', async () => {
    const fields = 2 ** 20;
    const network = await create({ maxBatch: fields });
    expect(network.maxBatch).toBeGreaterThan(1000);
    expect(network.maxBatch).toBeLessThan(fields);
    network.dispose();
    // Half of it holds activations, but not what Winograd's algorithm has in between.
    const scarce = new GpuMemory(gpu.device, 2 ** 17);
    const values = randomValues(randomNumbers(5), voxels);
    const direct = await createGpuNetwork(gpu, scarce, layers, {
      fieldOfViewZyx,
      maxBatch: 1,
      precision: 'f32',
      pipelines,
      tiling: { kernel: 'winograd', spread: 'alone', tileZ: 1, tileQuads: 1, groupsX: 3, lanes: 0 },
    });
    const expected = applyFfn(layers, fieldOfViewZyx, values, values);
    expect(relativeError(await direct.apply(values, values), expected)).toBeLessThan(BOUND.f32);
    direct.dispose();
    const poor = new GpuMemory(gpu.device, 2 ** 16);
    const options = { fieldOfViewZyx, maxBatch: 4, precision: 'f32' } as const;
    await expect(createGpuNetwork(gpu, poor, layers, options)).rejects.toMatchObject({
      code: 'BUDGET_EXCEEDED',
    });
    expect(poor.usedBytes).toBe(0);
  });
});
