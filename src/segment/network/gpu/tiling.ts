import type { Zyx } from '../../../core/vec';
import type { AdapterInfo } from '../../../gpu/device';
import { quadsOf } from './layout';

/** How a convolution is made: a plain value, which may be stored for an adapter. */
export interface Tiling {
  /** Which of the shaders: each invocation by itself, or workgroups that share what they read. */
  readonly kernel: 'direct' | 'tiled';
  /** What an invocation makes: so many voxels of a row, so many quads of outputs (four each). */
  readonly tileX: number;
  readonly tileQuads: number;
  /** Invocations of a workgroup: along the voxels, and along the outputs (1 where the kernel is direct). */
  readonly groupsX: number;
  readonly groupsO: number;
}

const direct = (tileX: number, tileQuads: number): Tiling => ({
  kernel: 'direct',
  tileX,
  tileQuads,
  groupsX: 32,
  groupsO: 1,
});
const tiled = (tileX: number, tileQuads: number, groupsX: number, groupsO: number): Tiling => ({
  kernel: 'tiled',
  tileX,
  tileQuads,
  groupsX,
  groupsO,
});

/** What is tried on GPUs; the first is the guess. */
export const TILINGS_OF_GPUS: readonly [Tiling, ...Tiling[]] = [
  tiled(7, 2, 16, 4),
  tiled(5, 2, 16, 4),
  tiled(9, 1, 16, 8),
  tiled(5, 4, 32, 2),
  direct(4, 2),
];

/**
 * What is tried on an adapter. Of software adapters nothing is: to compile one takes longer than a better one would save, with llvmpipe
 * the more the wider the tile (measured: ARCHITECTURE.md).
 */
export function tilingsFor({
  isSoftware,
  architecture,
}: Pick<AdapterInfo, 'isSoftware' | 'architecture'>): readonly [Tiling, ...Tiling[]] {
  if (!isSoftware) return TILINGS_OF_GPUS;
  return [architecture === 'swiftshader' ? direct(17, 2) : direct(11, 2)];
}

/** A stored value as that tiling among those for an adapter which it was made of; undefined where it is none of them (any more). */
export function tilingOf(
  adapter: Pick<AdapterInfo, 'isSoftware' | 'architecture'>,
  stored: unknown,
): Tiling | undefined {
  const entriesOf = (value: object) => JSON.stringify(Object.entries(value).sort());
  if (typeof stored !== 'object' || stored === null) return undefined;
  const wanted = entriesOf(stored);
  return tilingsFor(adapter).find((tiling) => entriesOf(tiling) === wanted);
}

/** Outputs of a workgroup, in quads. */
export const groupQuads = ({ tileQuads, groupsO }: Tiling): number => tileQuads * groupsO;

/** Workgroups of one plane, along x and y of a dispatch. */
export function groupsOf(
  [, height, width]: Zyx,
  tiling: Tiling,
  outputs: number,
): readonly [number, number] {
  const { kernel, tileX, groupsX } = tiling;
  const tiles =
    kernel === 'direct'
      ? Math.ceil(width / tileX) * height
      : Math.ceil((height * (width + 2) - 2) / tileX);
  return [Math.ceil(tiles / groupsX), Math.ceil(quadsOf(outputs) / groupQuads(tiling))];
}
