import { volumeOf } from '../../../core/vec';
import type { GpuMemory } from '../../../gpu/memory';
import type { Pipelines } from '../../../gpu/pipelines';
import type { ConvLayer, FfnLayers } from '../network';
import { type Activation, type ConvStep, planFfn } from '../plan';
import type { NetworkBuffers } from './buffers';
import { convolveKernel, loadKernel, logitsKernel, simpleGroups, stepUniform } from './kernels';
import type { NetworkSetup } from './setup';
import { COST_OF_MOVING, type Stage } from './stage';
import { directOf, groupQuads, groupsOf } from './tiling';
import { packBiases, packLogitWeights, packWeights } from './weights';
import { winogradStages } from './winograd-stages';

function upload(
  memory: GpuMemory,
  label: string,
  values: ArrayBufferView<ArrayBuffer>,
  usage: GPUBufferUsageFlags,
): GPUBuffer {
  const sizeBytes = Math.ceil(values.byteLength / 4) * 4;
  const buffer = memory.allocate(label, sizeBytes, usage | GPUBufferUsage.COPY_DST);
  memory.device.queue.writeBuffer(buffer, 0, values.buffer, values.byteOffset, values.byteLength);
  return buffer;
}

/** Makes the stages of a network; the buffers of its weights go to `owned` as they are made. */
export async function makeStages(
  memory: GpuMemory,
  pipelines: Pipelines,
  { depth, layers }: FfnLayers,
  setup: NetworkSetup,
  buffers: NetworkBuffers,
  owned: GPUBuffer[],
): Promise<Stage[]> {
  const { fieldOfViewZyx, features, precision, tiling } = setup;
  const planes = fieldOfViewZyx[0];
  const planeVoxels = volumeOf([1, fieldOfViewZyx[1], fieldOfViewZyx[2]]);
  const own = (
    label: string,
    values: ArrayBufferView<ArrayBuffer>,
    usage: GPUBufferUsageFlags = GPUBufferUsage.STORAGE,
  ) => {
    const buffer = upload(memory, `network ${label}`, values, usage);
    owned.push(buffer);
    return buffer;
  };
  const costOf = ({ kernelZyx, inputs, outputs }: ConvLayer) =>
    planeVoxels * (2 * volumeOf(kernelZyx) * inputs * outputs + COST_OF_MOVING * inputs);

  const load = async (): Promise<Stage[]> => [
    {
      pipeline: await loadKernel(pipelines, setup),
      buffers: [buffers.image, buffers.seed, buffers.input],
      groups: [simpleGroups(fieldOfViewZyx), 1],
      units: planes,
      cost: planeVoxels * COST_OF_MOVING,
    },
  ];
  const convolve = async (layer: ConvLayer, step: ConvStep): Promise<Stage[]> => {
    const values = new Uint32Array(stepUniform(layer, step, features));
    const [from, to] = [buffers[step.from], buffers[step.to]];
    const uniform = own('step', values, GPUBufferUsage.UNIFORM);
    if (tiling.kernel === 'winograd' && layer.kernelZyx[0] === 3) {
      const bound = { step: uniform, from, ...buffers.winograd(), to };
      return winogradStages(pipelines, { ...setup, tiling }, layer, bound, own);
    }
    const cut = directOf(tiling);
    const direct: Stage = {
      buffers: [
        uniform,
        from,
        to,
        own('weights', packWeights(layer, groupQuads(cut), precision)),
        own('biases', packBiases(layer, groupQuads(cut))),
      ],
      groups: groupsOf(fieldOfViewZyx, cut, layer.outputs),
      units: planes,
      cost: costOf(layer),
      pipeline: await convolveKernel(pipelines, precision, cut, layer),
    };
    return [direct];
  };
  const addLogits = async (layer: ConvLayer): Promise<Stage[]> => [
    {
      buffers: [
        buffers.stream,
        own('weights', packLogitWeights(layer, precision)),
        own('biases', packBiases(layer, 1)),
        buffers.seed,
        buffers.logits,
      ],
      groups: [simpleGroups(fieldOfViewZyx), 1],
      units: planes,
      cost: costOf(layer),
      pipeline: await logitsKernel(pipelines, setup, layer),
    },
  ];

  const isLast = (to: Activation) => to === 'logits';
  const made = await Promise.all([
    load(),
    ...planFfn(depth).flatMap((step) => {
      const layer = layers[step.layer];
      return layer ? [isLast(step.to) ? addLogits(layer) : convolve(layer, step)] : [];
    }),
  ]);
  return made.flat();
}
