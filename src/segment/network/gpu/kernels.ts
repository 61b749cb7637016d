import common from '../../../../shaders/network/common.wgsl?raw';
import convolveCode from '../../../../shaders/network/convolve.wgsl?raw';
import loadCode from '../../../../shaders/network/load.wgsl?raw';
import logitsCode from '../../../../shaders/network/logits.wgsl?raw';
import type { Zyx } from '../../../core/vec';
import type { Pipelines } from '../../../gpu/pipelines';
import type { ConvLayer } from '../network';
import type { ConvStep } from '../plan';
import { type Precision, quadsOf } from './layout';
import type { Tiling } from './tiling';

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

const sizes = ([size_z, size_y, size_x]: Zyx) => ({ size_z, size_y, size_x });

/** Threads of the kernels that only move values. */
const SIMPLE_THREADS = 64;

/** How many voxels' worth of threads a workgroup of load.wgsl and logits.wgsl is. */
export const simpleGroups = ([, height, width]: Zyx): number =>
  Math.ceil((height * width) / SIMPLE_THREADS);

export function loadKernel(pipelines: Pipelines, { fieldOfViewZyx, precision }: KernelSetup) {
  const code = [REAL[precision], common, loadCode];
  const constants = { ...sizes(fieldOfViewZyx), threads: SIMPLE_THREADS };
  return pipelines.compute(`network load ${precision}`, code, 'load', constants);
}

export function logitsKernel(
  pipelines: Pipelines,
  { fieldOfViewZyx, precision }: KernelSetup,
  { inputs }: ConvLayer,
) {
  const code = [REAL[precision], common, logitsCode];
  return pipelines.compute(`network logits ${precision}`, code, 'add_logits', {
    ...sizes(fieldOfViewZyx),
    threads: SIMPLE_THREADS,
    in_quads: quadsOf(inputs),
  });
}

export function convolveKernel(
  pipelines: Pipelines,
  { fieldOfViewZyx, precision, tiling }: KernelSetup,
  { kernelZyx: [taps], inputs, outputs }: ConvLayer,
  { reluBefore, reluAfter, adds }: ConvStep,
) {
  const { tileX, tileQuads, threads } = tiling;
  const shape = `const TAPS = ${taps}u;\nconst TILE_X = ${tileX}u;\nconst TILE_QUADS = ${tileQuads}u;`;
  return pipelines.compute(
    `network convolve ${precision} ${taps} ${tileX} ${tileQuads}`,
    [REAL[precision], shape, common, convolveCode],
    'convolve',
    {
      ...sizes(fieldOfViewZyx),
      threads,
      in_quads: quadsOf(inputs),
      out_quads: quadsOf(outputs),
      relu_before: Number(reluBefore),
      relu_after: Number(reluAfter),
      adds: Number(adds),
    },
  );
}

/** Workgroups of a plane of convolve.wgsl: along x and y of the dispatch. */
export function convolveGroups(
  [, height, width]: Zyx,
  { tileX, tileQuads, threads }: Tiling,
  outputs: number,
): readonly [number, number] {
  return [
    Math.ceil((Math.ceil(width / tileX) * height) / threads),
    Math.ceil(quadsOf(outputs) / tileQuads),
  ];
}
