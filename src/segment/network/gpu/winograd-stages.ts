import type { Pipelines } from '../../../gpu/pipelines';
import type { ConvLayer } from '../network';
import { packFactors } from './factors';
import { quadsOf } from './quads';
import type { NetworkSetup } from './setup';
import { COST_OF_MOVING, type Stage } from './stage';
import type { WinogradTiling } from './tiling';
import { packBiases } from './weights';
import { IN, OUT, PRODUCTS, tilesOf } from './winograd';
import { gatherKernel, itemsOf, multiplyKernel, spreadKernel } from './winograd-kernels';

/** What the three kernels of a convolution are bound to, beside what is made of its weights. */
export interface WinogradBuffers {
  readonly step: GPUBuffer;
  readonly from: GPUBuffer;
  readonly spread: GPUBuffer;
  readonly products: GPUBuffer;
  readonly to: GPUBuffer;
}

/** A convolution by Winograd's algorithm: its inputs spread, multiplied by factors, the products gathered. */
export async function winogradStages(
  pipelines: Pipelines,
  { fieldOfViewZyx, precision, tiling }: NetworkSetup & { tiling: WinogradTiling },
  layer: ConvLayer,
  { step, from, spread, products, to }: WinogradBuffers,
  own: (label: string, values: ArrayBufferView<ArrayBuffer>) => GPUBuffer,
): Promise<Stage[]> {
  // Before anything is waited for: where one layer fails, those of all others are released at once.
  const factors = own('factors', packFactors(layer, tiling.tileQuads));
  const biases = own('biases', packBiases(layer, 1));
  const { inputs, outputs } = layer;
  const planes = fieldOfViewZyx[0];
  const tiles = tilesOf(fieldOfViewZyx);
  const outGroups = Math.ceil(quadsOf(outputs) / tiling.tileQuads);
  const moving = (values: number, channels: number) =>
    tiles * 4 * quadsOf(channels) * values * COST_OF_MOVING;
  const groups = (channels: number): readonly [number, number] => [
    Math.ceil((tiles * quadsOf(channels)) / itemsOf(tiling)),
    1,
  ];
  return [
    {
      pipeline: await spreadKernel(pipelines, precision, tiling),
      buffers: [step, from, spread],
      groups: groups(inputs),
      units: planes,
      cost: moving(IN * IN + PRODUCTS, inputs),
    },
    {
      pipeline: await multiplyKernel(pipelines, tiling),
      buffers: [step, spread, factors, products],
      groups: [Math.ceil(tiles / tiling.groupsX), PRODUCTS * outGroups],
      units: Math.ceil(planes / tiling.tileZ),
      cost: 2 * 3 * PRODUCTS * tiles * tiling.tileZ * inputs * outputs,
    },
    {
      pipeline: await gatherKernel(pipelines, precision, tiling),
      buffers: [step, products, to, biases],
      groups: groups(outputs),
      units: planes,
      cost: moving(PRODUCTS + OUT * OUT, outputs),
    },
  ];
}
