import type * as Ort from 'onnxruntime-web/webgpu';
import { volumeOf } from '../../src/core/vec';
import { type GpuContext, requestGpu } from '../../src/gpu/device';
import { GpuMemory } from '../../src/gpu/memory';
import { PassTimer } from '../../src/gpu/pass-timer';
import { createGpuNetwork } from '../../src/segment/network/gpu/network';
import type { Precision } from '../../src/segment/network/network';
import { networkContender, type Workload } from './networks';
import { onnxModel } from './onnx-model';
import type { BenchCase, Contender } from './suite';

/** Enough for 64 fields of view of the published network in f32. */
const BUDGET_BYTES = 3 * 2 ** 30;
const BATCHES = [1, 4, 16, 64];

/** The same fields of view several times over. */
const repeated = (values: Float32Array, times: number): Float32Array => {
  const all = new Float32Array(times * values.length);
  for (let at = 0; at < times; at++) all.set(values, at * values.length);
  return all;
};

export const batchOf = (workload: Workload, times: number): Workload => ({
  ...workload,
  fields: times * workload.fields,
  image: repeated(workload.image, times),
  seed: repeated(workload.seed, times),
  expected: repeated(Float32Array.from(workload.expected), times),
});

/**
 * On WebGPU; with fields of view a second, and where the GPU tells when it works, the share of the time in which it did and the
 * rate at which it did. Says what the tuner chose.
 */
async function onGpu(
  gpu: GpuContext,
  workload: Workload,
  precision: Precision,
): Promise<Contender> {
  const { layers, shapeZyx, fields } = workload;
  const memory = new GpuMemory(gpu.device, BUDGET_BYTES);
  const timer = PassTimer.create(memory);
  const network = await createGpuNetwork(gpu, memory, layers, {
    fieldOfViewZyx: shapeZyx,
    maxBatch: fields,
    precision,
    onTuned: (tiling) => console.info(`  ${precision}: ${JSON.stringify(tiling)}`),
    ...(timer ? { timer } : {}),
  });
  const mostError = precision === 'f16' ? 1e-2 : 1e-4;
  // As many at a time as there is room for.
  const voxels = network.maxBatch * volumeOf(shapeZyx);
  const apply = async (images: Float32Array, seeds: Float32Array) => {
    const logits = new Float32Array(images.length);
    for (let at = 0; at < images.length; at += voxels)
      logits.set(
        await network.apply(images.slice(at, at + voxels), seeds.slice(at, at + voxels)),
        at,
      );
    return logits;
  };
  const contender = networkContender(`floodlight/webgpu ${precision}`, workload, apply, mostError);
  return {
    ...contender,
    async run() {
      const measured = await contender.run();
      const { time = 0, rate = 0 } = measured;
      const rates = { ...measured, fields: (1000 * fields) / time };
      if (!timer) return rates;
      const working = await timer.take();
      return {
        ...rates,
        busy: (100 * working) / time,
        working: rate * (time / working),
      };
    },
  };
}

async function onnxruntime(workload: Workload): Promise<Contender> {
  const address = '/onnxruntime-web/ort.webgpu.min.mjs';
  const ort = (await import(/* @vite-ignore */ address)) as typeof Ort;
  const { layers, shapeZyx, fields } = workload;
  const model = onnxModel(layers, shapeZyx, fields);
  const session = await ort.InferenceSession.create(model, { executionProviders: ['webgpu'] });
  const dims = [fields, 1, ...shapeZyx];
  return networkContender('onnxruntime-web webgpu', workload, async (image, seed) => {
    const tensor = (values: Float32Array) => new ort.Tensor('float32', values, dims);
    const { logits } = await session.run({ image: tensor(image), seed: tensor(seed) });
    if (!(logits?.data instanceof Float32Array)) throw new Error('There are no logits.');
    return logits.data;
  });
}

async function contenders(gpu: GpuContext, workload: Workload, isPeered: boolean) {
  const precisions: Precision[] = gpu.device.features.has('shader-f16') ? ['f32', 'f16'] : ['f32'];
  const ours: Contender[] = [];
  // One after the other: tilings are timed.
  for (const precision of precisions) ours.push(await onGpu(gpu, workload, precision));
  return isPeered ? [...ours, await onnxruntime(workload)] : ours;
}

const gpuCase = (
  name: string,
  mostRuns: number,
  prepare: (gpu: GpuContext, dataUrl: string) => Promise<Contender[]>,
): BenchCase => ({
  name: `${name} WebGPU`,
  source: null,
  mostRuns,
  prepare: async (dataUrl) => prepare(await requestGpu(navigator.gpu), dataUrl),
});

/**
 * The cases on WebGPU. A software adapter would take minutes for a batch of whole networks, and the peer for a single one: these are
 * for GPUs (`--gpu`). Batches are without a peer, so that nothing of what is asked of a GPU hangs on one.
 */
export const gpuCases = (
  pair: () => Promise<Workload>,
  published: (dataUrl: string) => Promise<Workload>,
): BenchCase[] => [
  gpuCase('pair 33³', 20, async (gpu) => contenders(gpu, await pair(), true)),
  gpuCase('fib25 33³', 3, async (gpu, dataUrl) =>
    contenders(gpu, await published(dataUrl), !gpu.adapter.isSoftware),
  ),
  ...BATCHES.map((batch) =>
    gpuCase(`fib25 33³ × ${batch}`, 20, async (gpu, dataUrl) =>
      gpu.adapter.isSoftware
        ? []
        : contenders(gpu, batchOf(await published(dataUrl), batch), false),
    ),
  ),
];
