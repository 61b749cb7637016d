import { randomNumbers } from '../../src/core/testing/random';
import { volumeOf, type Zyx } from '../../src/core/vec';
import { readModel } from '../../src/models/read-model';
import { readGoldenField } from '../../src/models/testing-npy';
import { CpuNetwork } from '../../src/segment/network/cpu/network';
import { networkModules, startNetworkThreads } from '../../src/segment/network/cpu/threads';
import { applyFfn } from '../../src/segment/network/reference';
import { randomNetwork, randomValues } from '../../src/segment/network/testing';
import { gpuCases } from './conv3d-gpu';
import { onnxruntime, ours, type Workload } from './networks';
import { startWorker, threadsName } from './segment-threads';
import type { BenchCase, Contender, Suite } from './suite';

const SHAPE: Zyx = [33, 33, 33];

/** 2 → 32 → 32 → 1: next to nothing but one convolution of 32 to 32 features. */
async function onePair(): Promise<Workload> {
  const layers = randomNetwork(randomNumbers(1), 1, 32);
  const [image, seed] = [2, 3].map((start) => randomValues(randomNumbers(start), volumeOf(SHAPE)));
  if (!image || !seed) throw new Error('There is no field of view.');
  const expected = applyFfn(layers, SHAPE, image, seed);
  return { layers, shapeZyx: SHAPE, fields: 1, image, seed, expected };
}

/** google/ffn's published network on its golden field of view. */
async function published(dataUrl: string): Promise<Workload> {
  const read = async (path: string) =>
    new Uint8Array(await (await fetch(`${dataUrl}/${path}`)).arrayBuffer());
  const names = ['index', 'data-00000-of-00001'].map((end) => `model.ckpt-27465036.${end}`);
  const files = await Promise.all(
    names.map(async (name) => ({ name, bytes: await read(`ffn-fib25/${name}`) })),
  );
  const layers = await readModel(files);
  const { image, seed, first } = await readGoldenField(read);
  return { layers, shapeZyx: layers.fieldOfViewZyx, fields: 1, image, seed, expected: first };
}

async function onProcessor(
  workload: Workload,
  count: number,
  name: string,
  modules?: ReturnType<typeof networkModules>,
): Promise<Contender> {
  const start = { count, startWorker, ...(modules ? { modules } : {}) };
  const threads = await startNetworkThreads(start);
  const { layers, shapeZyx, fields } = workload;
  const options = { fieldOfViewZyx: shapeZyx, maxBatch: fields };
  return ours(name, workload, await CpuNetwork.create(threads, layers, options));
}

const processorCase = (
  name: string,
  threads: number,
  workloadOf: (dataUrl: string) => Promise<Workload>,
): BenchCase => ({
  name: `${name} ${threadsName(threads)}`,
  source: null,
  async prepare(dataUrl) {
    const workload = await workloadOf(dataUrl);
    return [
      await onProcessor(workload, threads, 'cpu'),
      await onProcessor(workload, threads, 'cpu, not relaxed', networkModules(false)),
      await onnxruntime(workload, threads),
    ];
  },
});

export const suite: Suite = {
  name: 'conv3d',
  // time: from arrays in JavaScript's memory to logits there; rate: the operations of the definition by that, however few were made;
  // busy: the share of it in which the GPU worked, by its timestamps; working: the rate while it did.
  units: { time: 'ms', rate: 'GFLOP/s', fields: '1/s', busy: '%', working: 'GFLOP/s' },
  cases: [
    processorCase('pair 33³', 1, onePair),
    processorCase('pair 33³', 2, onePair),
    processorCase('fib25 33³', 1, published),
    processorCase('fib25 33³', 2, published),
    ...gpuCases(onePair, published),
  ],
};
