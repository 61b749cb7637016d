import type * as Ort from 'onnxruntime-web/wasm';
import { volumeOf, type Zyx } from '../../src/core/vec';
import type { FfnLayers, Network } from '../../src/segment/network/network';
import { relativeError } from '../../src/segment/network/testing';
import { onnxModel } from './onnx-model';
import type { Contender } from './suite';

/** A network, fields of view that it is applied to in one call, and what comes out. */
export interface Workload {
  readonly layers: FfnLayers;
  readonly shapeZyx: Zyx;
  readonly fields: number;
  readonly image: Float32Array;
  readonly seed: Float32Array;
  readonly expected: ArrayLike<number>;
}

const MOST_ERROR = 1e-4;

/** What a call takes as its definition has it: two operations for each weight and voxel. */
const operationsOf = ({ layers, shapeZyx, fields }: Workload): number =>
  layers.layers.reduce((sum, { weights }) => sum + 2 * weights.length, 0) *
  volumeOf(shapeZyx) *
  fields;

/** A contender that turns images and seeds into logits. */
export function networkContender(
  name: string,
  workload: Workload,
  apply: (image: Float32Array, seed: Float32Array) => Promise<Float32Array>,
  mostError = MOST_ERROR,
): Contender {
  let logits = new Float32Array();
  return {
    name,
    async run() {
      const started = performance.now();
      logits = new Float32Array(await apply(workload.image, workload.seed));
      const time = performance.now() - started;
      return { time, rate: operationsOf(workload) / time / 1e6 };
    },
    async answer() {
      const error = relativeError(logits, workload.expected);
      return error < mostError ? 'right' : `an error of ${error}`;
    },
  };
}

export const ours = (name: string, workload: Workload, network: Network): Contender =>
  networkContender(`floodlight/${name}`, workload, (image, seed) => network.apply(image, seed));

/** onnxruntime-web on the processor. A page's threads are as many as the first of its contenders has. */
export async function onnxruntime(workload: Workload, threads: number): Promise<Contender> {
  const address = '/onnxruntime-web/ort.wasm.min.mjs';
  const ort = (await import(/* @vite-ignore */ address)) as typeof Ort;
  ort.env.wasm.numThreads = threads;
  const { layers, shapeZyx, fields } = workload;
  const model = onnxModel(layers, shapeZyx, fields);
  const session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'] });
  const dims = [fields, 1, ...shapeZyx];
  return networkContender('onnxruntime-web', workload, async (image, seed) => {
    const tensor = (values: Float32Array) => new ort.Tensor('float32', values, dims);
    const { logits } = await session.run({ image: tensor(image), seed: tensor(seed) });
    if (!(logits?.data instanceof Float32Array)) throw new Error('There are no logits.');
    return logits.data;
  });
}
