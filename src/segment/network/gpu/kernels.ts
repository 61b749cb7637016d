import common from '../../../../shaders/network/common.wgsl?raw';
import convolution from '../../../../shaders/network/convolution.wgsl?raw';
import directCode from '../../../../shaders/network/convolve.wgsl?raw';
import tiledCode from '../../../../shaders/network/convolve_tiled.wgsl?raw';
import loadCode from '../../../../shaders/network/load.wgsl?raw';
import logitsCode from '../../../../shaders/network/logits.wgsl?raw';
import type { Zyx } from '../../../core/vec';
import type { Pipelines } from '../../../gpu/pipelines';
import type { ConvLayer, Precision } from '../network';
import type { ConvStep } from '../plan';
import { quadsOf } from './layout';
import type { Tiling } from './tiling';
import { unroll } from './unroll';

/** What all kernels of a network have in common. */
export interface KernelSetup {
  readonly fieldOfViewZyx: Zyx;
  readonly precision: Precision;
  readonly tiling: Tiling;
}

const REAL: Readonly<Record<Precision, string>> = {
  f32: 'alias real = f32;\nalias real4 = vec4<f32>;',
  f16: 'enable f16;\nalias real = f16;\nalias real4 = vec4<f16>;',
};

/** Threads of the kernels that only move values. */
const SIMPLE_THREADS = 64;

/** How many voxels' worth of threads a workgroup of load.wgsl and logits.wgsl is. */
export const simpleGroups = ([, height, width]: Zyx): number =>
  Math.ceil((height * width) / SIMPLE_THREADS);

export function loadKernel(pipelines: Pipelines, { precision }: KernelSetup) {
  const code = [REAL[precision], common, loadCode];
  const constants = { threads: SIMPLE_THREADS };
  return pipelines.compute(`network load ${precision}`, code, 'load', constants);
}

export function logitsKernel(
  pipelines: Pipelines,
  { precision }: KernelSetup,
  { inputs }: ConvLayer,
) {
  const code = [REAL[precision], common, logitsCode];
  return pipelines.compute(`network logits ${precision}`, code, 'add_logits', {
    threads: SIMPLE_THREADS,
    in_quads: quadsOf(inputs),
  });
}

export function convolveKernel(
  pipelines: Pipelines,
  { precision, tiling }: KernelSetup,
  { kernelZyx: [taps] }: ConvLayer,
) {
  const { kernel, tileX, tileQuads, groupsX, groupsO } = tiling;
  const tile = {
    TAPS: taps,
    TILE_X: tileX,
    TILE_QUADS: tileQuads,
    GROUPS_X: groupsX,
    GROUPS_O: groupsO,
  };
  const isDirect = kernel === 'direct';
  const code = unroll(isDirect ? directCode : tiledCode, { ...tile, SPAN_X: tileX + taps - 1 });
  const constants = Object.entries(tile).map(([name, value]) => `const ${name} = ${value}u;`);
  return pipelines.compute(
    `network convolve ${precision} ${kernel} ${Object.values(tile).join(' ')}`,
    [REAL[precision], ...constants, common, convolution, code],
    'convolve',
    isDirect ? { threads: groupsX } : {},
  );
}

/** Lower than any sum, where there is no ReLU. */
const LOWEST = -3.4e38;

/** `Step` of convolution.wgsl. */
export function stepUniform(
  { inputs, outputs }: ConvLayer,
  { reluBefore, reluAfter, adds }: ConvStep,
): ArrayBuffer {
  const words = new Uint32Array([quadsOf(inputs), quadsOf(outputs), 0, 0, Number(adds), 0, 0, 0]);
  const floors = new Float32Array(words.buffer, 8, 2);
  floors.set([reluBefore ? 0 : LOWEST, reluAfter ? 0 : LOWEST]);
  return words.buffer;
}
