import type { Zyx } from '../../../core/vec';
import type { AdapterInfo } from '../../../gpu/device';
import { quadsOf } from './quads';

/** A convolution tap by tap. */
export interface DirectTiling {
  /** Which of the shaders: each invocation by itself, or workgroups that share what they read. */
  readonly kernel: 'direct' | 'tiled';
  /** What an invocation makes: so many voxels of a row, so many quads of outputs (four each). */
  readonly tileX: number;
  readonly tileQuads: number;
  /** Invocations of a workgroup: along the voxels, and along the outputs (1 where the kernel is direct). */
  readonly groupsX: number;
  readonly groupsO: number;
}

/** A convolution by Winograd's algorithm. */
export interface WinogradTiling {
  readonly kernel: 'winograd';
  /** Who spreads and gathers a tile: an invocation in its registers, or several that share what they make. */
  readonly spread: 'alone' | 'shared';
  /** What an invocation multiplies: a tile in so many planes, into so many quads of outputs. */
  readonly tileZ: number;
  readonly tileQuads: number;
  /** Tiles of a workgroup. */
  readonly groupsX: number;
  /** Invocations of a subgroup, which broadcast factors to one another; 0: each loads all of them. */
  readonly lanes: number;
}

/** How a convolution is made: a plain value, which may be stored for an adapter. */
export type Tiling = DirectTiling | WinogradTiling;

const direct = (tileX: number, tileQuads: number): DirectTiling => ({
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
const winograd = (
  spread: 'alone' | 'shared',
  tileZ: number,
  tileQuads: number,
  groupsX: number,
  lanes: number,
): Tiling => ({ kernel: 'winograd', spread, tileZ, tileQuads, groupsX, lanes });

/** What is tried on GPUs; the first is the guess. */
export const TILINGS_OF_GPUS: readonly [Tiling, ...Tiling[]] = [
  tiled(7, 2, 16, 4),
  tiled(5, 2, 16, 4),
  tiled(9, 1, 16, 8),
  tiled(5, 4, 32, 2),
  direct(4, 2),
  winograd('shared', 4, 2, 32, 0),
];

/** Layers of one tap, of which Winograd's algorithm knows nothing, and all where there is no room for what it has in between. */
const INSTEAD_OF_WINOGRAD = direct(4, 2);

export const directOf = (tiling: Tiling): DirectTiling =>
  tiling.kernel === 'winograd' ? INSTEAD_OF_WINOGRAD : tiling;

/** What the choice of tilings goes by. */
export type TiledAdapter = Pick<AdapterInfo, 'isSoftware' | 'architecture' | 'subgroupSize'>;

/**
 * What is tried on an adapter. Of software adapters nothing is: to compile one takes longer than a better one would save, with llvmpipe
 * the more the more a kernel loads and stores (measured: ARCHITECTURE.md).
 */
export function tilingsFor({
  isSoftware,
  architecture,
  subgroupSize,
}: TiledAdapter): readonly [Tiling, ...Tiling[]] {
  if (!isSoftware) return TILINGS_OF_GPUS;
  const isSwiftShader = architecture === 'swiftshader';
  // Small workgroups: tiles of a plane are few, and what does not fill one is lost.
  const groupsX = subgroupSize || 8;
  return [
    isSwiftShader
      ? winograd('alone', 11, 4, groupsX, subgroupSize)
      : winograd('shared', 4, 2, groupsX, subgroupSize),
  ];
}

/** A stored value as that tiling among those for an adapter which it was made of; undefined where it is none of them (any more). */
export function tilingOf(adapter: TiledAdapter, stored: unknown): Tiling | undefined {
  const entriesOf = (value: object) => JSON.stringify(Object.entries(value).sort());
  if (typeof stored !== 'object' || stored === null) return undefined;
  const wanted = entriesOf(stored);
  return tilingsFor(adapter).find((tiling) => entriesOf(tiling) === wanted);
}

/** Outputs of a workgroup, in quads. */
export const groupQuads = ({ tileQuads, groupsO }: DirectTiling): number => tileQuads * groupsO;

/** Workgroups of one plane, along x and y of a dispatch. */
export function groupsOf(
  [, height, width]: Zyx,
  tiling: DirectTiling,
  outputs: number,
): readonly [number, number] {
  const { kernel, tileX, groupsX } = tiling;
  const tiles =
    kernel === 'direct'
      ? Math.ceil(width / tileX) * height
      : Math.ceil((height * (width + 2) - 2) / tileX);
  return [Math.ceil(tiles / groupsX), Math.ceil(quadsOf(outputs) / groupQuads(tiling))];
}
