import common from '../../../../shaders/network/common.wgsl?raw';
import convolution from '../../../../shaders/network/convolution.wgsl?raw';
import directCode from '../../../../shaders/network/convolve.wgsl?raw';
import tiledCode from '../../../../shaders/network/convolve_tiled.wgsl?raw';
import input from '../../../../shaders/network/input.wgsl?raw';
import loadCode from '../../../../shaders/network/load.wgsl?raw';
import logitsCode from '../../../../shaders/network/logits.wgsl?raw';
import output from '../../../../shaders/network/output.wgsl?raw';
import step from '../../../../shaders/network/step.wgsl?raw';
import type { Zyx } from '../../../core/vec';
import type { Pipelines } from '../../../gpu/pipelines';
import type { ConvLayer, Precision } from '../network';
import type { ConvStep } from '../plan';
import { quadsOf } from './quads';
import type { NetworkSetup } from './setup';
import type { DirectTiling } from './tiling';
import { unroll } from './unroll';

const REAL: Readonly<Record<Precision, string>> = {
  f32: 'alias real = f32;\nalias real4 = vec4<f32>;',
  f16: 'enable f16;\nalias real = f16;\nalias real4 = vec4<f16>;',
};

/** What the text of each kernel of a network begins with. */
export const beginning = (precision: Precision): string => `${REAL[precision]}\n${common}`;

/** Threads of the kernels that only move values. */
const SIMPLE_THREADS = 64;

/** How many voxels' worth of threads a workgroup of load.wgsl and logits.wgsl is. */
export const simpleGroups = ([, height, width]: Zyx): number =>
  Math.ceil((height * width) / SIMPLE_THREADS);

export function loadKernel(pipelines: Pipelines, { precision }: NetworkSetup) {
  const code = [beginning(precision), loadCode];
  const constants = { threads: SIMPLE_THREADS };
  return pipelines.compute(`network load ${precision}`, code, 'load', constants);
}

export function logitsKernel(
  pipelines: Pipelines,
  { precision }: NetworkSetup,
  { inputs }: ConvLayer,
) {
  const code = [beginning(precision), logitsCode];
  return pipelines.compute(`network logits ${precision}`, code, 'add_logits', {
    threads: SIMPLE_THREADS,
    in_quads: quadsOf(inputs),
  });
}

export function convolveKernel(
  pipelines: Pipelines,
  precision: Precision,
  { kernel, tileX, tileQuads, groupsX, groupsO }: DirectTiling,
  { kernelZyx: [taps] }: ConvLayer,
) {
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
    [beginning(precision), ...constants, step, input, output, convolution, code],
    'convolve',
    isDirect ? { threads: groupsX } : {},
  );
}

/** Lower than any sum, where there is no ReLU. */
const LOWEST = -3.4e38;

/** `Step` of step.wgsl, in a network of so many features. */
export function stepUniform(
  { inputs, outputs }: ConvLayer,
  { reluBefore, reluAfter, adds }: ConvStep,
  features: number,
): ArrayBuffer {
  const quads = [inputs, outputs, features].map(quadsOf);
  const [inQuads = 0, outQuads = 0] = quads;
  const words = [inQuads, outQuads, 0, 0, Number(adds), Math.max(...quads), 0, 0];
  const uniform = new Uint32Array(words);
  const floors = new Float32Array(uniform.buffer, 8, 2);
  floors.set([reluBefore ? 0 : LOWEST, reluAfter ? 0 : LOWEST]);
  return uniform.buffer;
}
