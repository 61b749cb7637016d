import input from '../../../../shaders/network/input.wgsl?raw';
import output from '../../../../shaders/network/output.wgsl?raw';
import step from '../../../../shaders/network/step.wgsl?raw';
import geometry from '../../../../shaders/network/winograd.wgsl?raw';
import gatherAlone from '../../../../shaders/network/winograd_gather.wgsl?raw';
import gatherShared from '../../../../shaders/network/winograd_gather_shared.wgsl?raw';
import winogradInput from '../../../../shaders/network/winograd_input.wgsl?raw';
import multiply from '../../../../shaders/network/winograd_multiply.wgsl?raw';
import winogradOutput from '../../../../shaders/network/winograd_output.wgsl?raw';
import spreadAlone from '../../../../shaders/network/winograd_spread.wgsl?raw';
import spreadShared from '../../../../shaders/network/winograd_spread_shared.wgsl?raw';
import type { Pipelines } from '../../../gpu/pipelines';
import type { Precision } from '../network';
import { beginning } from './kernels';
import type { WinogradTiling } from './tiling';
import { unroll } from './unroll';

/** Tiles of a quad that a workgroup spreads or gathers, where each thread takes one, and where eight share it. */
const ITEMS = { alone: 32, shared: 8 } as const;

export const itemsOf = ({ spread }: WinogradTiling): number => ITEMS[spread];

const items = (tiling: WinogradTiling) => `const ITEMS = ${itemsOf(tiling)}u;`;

export function spreadKernel(pipelines: Pipelines, precision: Precision, tiling: WinogradTiling) {
  const code = unroll(tiling.spread === 'alone' ? spreadAlone : spreadShared, {});
  return pipelines.compute(
    `network spread ${precision} ${tiling.spread}`,
    [beginning(precision), step, input, geometry, winogradInput, items(tiling), code],
    'spread_tiles',
    {},
  );
}

export function gatherKernel(pipelines: Pipelines, precision: Precision, tiling: WinogradTiling) {
  const code = unroll(tiling.spread === 'alone' ? gatherAlone : gatherShared, {});
  return pipelines.compute(
    `network gather ${precision} ${tiling.spread}`,
    [beginning(precision), step, output, geometry, winogradOutput, items(tiling), code],
    'gather_tiles',
    {},
  );
}

export function multiplyKernel(
  pipelines: Pipelines,
  { tileZ, tileQuads, groupsX, lanes }: WinogradTiling,
) {
  const tile = { TILE_Z: tileZ, TILE_QUADS: tileQuads, THREADS: groupsX, LANES: lanes };
  const factors = 12 * tileQuads;
  const code = unroll(multiply, {
    ...tile,
    SPAN_Z: tileZ + 2,
    FACTORS: lanes ? 0 : factors,
    LOADS: lanes ? Math.ceil(factors / lanes) : 0,
    BROADCASTS: lanes ? 1 : 0,
  });
  const constants = Object.entries(tile).map(([name, value]) => `const ${name} = ${value}u;`);
  // What is multiplied is f32, whatever activations are stored in.
  return pipelines.compute(
    `network multiply ${Object.values(tile).join(' ')}`,
    [lanes ? 'enable subgroups;' : '', beginning('f32'), ...constants, step, geometry, code],
    'multiply',
    {},
  );
}
