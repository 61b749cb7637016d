import { fileNameOf } from '../core/file-name';
import type { SaveLabelsOptions } from '../engine/protocol';
import type { AppState } from './store';

export const SAVE_TARGETS = ['zip', 'folder', 'browser'] as const;
export type SaveTarget = (typeof SAVE_TARGETS)[number];

/** How the user has labels saved. */
export interface SaveOptions
  extends Required<Pick<SaveLabelsOptions, 'codec' | 'level' | 'shuffle' | 'dtype'>> {
  readonly target: SaveTarget;
  /** Empty for one made of the volume's. */
  readonly name: string;
  /** Edges in voxels. */
  readonly chunk: number;
  readonly shard: number;
}

export const DEFAULT_SAVE_OPTIONS: SaveOptions = {
  target: 'zip',
  name: '',
  codec: 'zstd',
  level: 3,
  shuffle: 'bit',
  chunk: 64,
  shard: 512,
  dtype: 'uint32',
};

/** Levels of compression that each codec has. */
export const MOST_LEVEL = { zstd: 22, blosc: 9 } as const;

/** The volume's name as one for files. */
export const fileStem = ({ volume }: Pick<AppState, 'volume'>): string =>
  fileNameOf(volume?.name ?? '', 'volume');

/** What labels are called where the user has not named them. */
export const suggestedName = (state: Pick<AppState, 'volume'>): string =>
  `${fileStem(state)}-labels`;

/** The same as the engine takes it. */
export function engineOptions(
  state: Pick<AppState, 'volume' | 'saveOptions'>,
): SaveLabelsOptions & { readonly name: string } {
  const { name, codec, level, shuffle, chunk, shard, dtype } = state.saveOptions;
  return {
    name: name.trim() || suggestedName(state),
    ...{ codec, shuffle, dtype, chunkZyx: chunk, shardZyx: shard },
    level: Math.min(level, MOST_LEVEL[codec]),
  };
}
