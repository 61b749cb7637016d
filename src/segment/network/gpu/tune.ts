import { FloodlightError } from '../../../core/errors';
import type { GpuContext } from '../../../gpu/device';
import type { GpuMemory } from '../../../gpu/memory';
import type { Pipelines } from '../../../gpu/pipelines';
import type { FfnLayers } from '../network';
import { NetworkBuffers } from './buffers';
import type { NetworkSetup } from './setup';
import { makeStages } from './stages';
import { type Tiling, tilingsFor } from './tiling';

/** How long a tiling took, each time. */
export interface Trial {
  readonly tiling: Tiling;
  readonly milliseconds: readonly number[];
}

/** Differences below this are noise. */
const WORTH_IT = 0.95;
const RUNS = 3;
/** Convolutions of one run, so that they outlast the way to the GPU and back. */
const CONVOLUTIONS = 8;

/** The best of some tilings by their shortest times; an earlier one unless a later one is clearly better. */
export function bestTiling(first: Trial, others: readonly Trial[]): Tiling {
  const shortest = ({ milliseconds }: Trial) => Math.min(...milliseconds);
  let best = first;
  for (const trial of others) if (shortest(trial) < WORTH_IT * shortest(best)) best = trial;
  return best.tiling;
}

const zeros = (taps: 1 | 3, inputs: number, outputs: number) => ({
  kernelZyx: [taps, taps, taps] as const,
  inputs,
  outputs,
  weights: new Float32Array(taps ** 3 * inputs * outputs),
  biases: new Float32Array(outputs),
});

const onePair = (features: number): FfnLayers => ({
  depth: 1,
  features,
  layers: [zeros(3, 2, features), zeros(3, features, features), zeros(1, features, 1)],
});

async function time(
  { device }: GpuContext,
  memory: GpuMemory,
  pipelines: Pipelines,
  setup: NetworkSetup,
): Promise<Trial> {
  const buffers = new NetworkBuffers(memory, setup, 1);
  const owned: GPUBuffer[] = [];
  try {
    const pair = onePair(setup.features);
    const stages = await makeStages(memory, pipelines, pair, setup, buffers, owned);
    // Between image and logits the second convolution: all features to all features.
    const both = stages.slice(1, -1);
    const second = both.slice(both.length / 2);
    const bound = second.map((stage) => ({ stage, group: buffers.bind(stage, 0) }));
    const milliseconds: number[] = [];
    for (let run = -1; run < RUNS; run++) {
      const started = performance.now();
      const encoder = device.createCommandEncoder({ label: 'network tuning' });
      const pass = encoder.beginComputePass();
      for (let i = 0; i < CONVOLUTIONS; i++)
        for (const { stage, group } of bound) {
          pass.setPipeline(stage.pipeline);
          pass.setBindGroup(0, group);
          pass.dispatchWorkgroups(...stage.groups, stage.units);
        }
      pass.end();
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
      if (run >= 0) milliseconds.push(performance.now() - started);
    }
    return { tiling: setup.tiling, milliseconds };
  } finally {
    buffers.release();
    for (const buffer of owned) memory.release(buffer);
  }
}

/** A tiling that needs more memory than there is, or that the driver refuses, is none to choose. */
function unlessItCannot(error: unknown): undefined {
  const isKnown = error instanceof FloodlightError;
  if (!isKnown || !['BUDGET_EXCEEDED', 'GPU_FAILED'].includes(error.code)) throw error;
}

/** What was found for a device, by what it was found for. */
const found = new WeakMap<GPUDevice, Map<string, Promise<Tiling>>>();

/**
 * The tiling that suits a device best, of those given or else of those for its kind: each is timed once, with the network's own
 * shape.
 */
export function tunedTiling(
  gpu: GpuContext,
  memory: GpuMemory,
  pipelines: Pipelines,
  setup: Omit<NetworkSetup, 'tiling'>,
  tilings = tilingsFor(gpu.adapter),
): Promise<Tiling> {
  if (tilings.length === 1) return Promise.resolve(tilings[0]);
  const known = found.get(gpu.device) ?? new Map<string, Promise<Tiling>>();
  found.set(gpu.device, known);
  const key = JSON.stringify([setup.fieldOfViewZyx, setup.precision, setup.features, tilings]);
  const before = known.get(key);
  if (before) return before;
  const tuning = (async () => {
    const [guess, ...rest] = tilings;
    const tried = (tiling: Tiling) => time(gpu, memory, pipelines, { ...setup, tiling });
    const first = await tried(guess);
    const others: Trial[] = [];
    for (const tiling of rest) {
      const trial = await tried(tiling).catch(unlessItCannot);
      if (trial) others.push(trial);
    }
    return bestTiling(first, others);
  })();
  known.set(key, tuning);
  // What failed is tried again.
  tuning.catch(() => known.delete(key));
  return tuning;
}
