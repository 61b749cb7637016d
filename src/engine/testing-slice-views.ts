import { BRICK_VOXELS } from '../core/brick';
import type { Zyx } from '../core/vec';
import type { LevelInfo, LevelReader, Volume } from '../volume/model';
import { volumeInfo } from '../volume/testing/volume-info';
import { LabelPyramid } from './label-pyramid/label-pyramid';
import { MemoryBrickPool, type MemorySlot } from './memory-brick-pool';
import { type DisplayState, type SlicePicture, volumeLayer } from './protocol';
import { Scheduler } from './scheduler/scheduler';
import { SliceViews } from './slice-views';
import type { SliceBackend } from './slices';

/** A level of a volume, so many times as coarse as the finest on each axis, in chunks of a brick. */
export const testLevel = (shapeZyx: Zyx, scaleZyx: Zyx): LevelInfo => ({
  path: scaleZyx.join('-'),
  shapeZyx,
  chunkZyx: [64, 64, 64],
  scaleZyx,
  offsetZyx: [0, 0, 0],
});

/** A volume of u8, 7 everywhere, of such levels, the finest first; each brick comes once `arrival` has resolved. */
export function testVolume(
  levels: readonly [LevelInfo, ...LevelInfo[]],
  voxelSizeNm: Zyx,
  arrival: (level: number, brickZyx: Zyx) => Promise<unknown>,
): Volume {
  const info = volumeInfo({ shapeZyx: levels[0].shapeZyx, voxelSizeNm, levels });
  const readers = levels.map(
    (own, level): LevelReader<'uint8'> => ({
      info: own,
      dtype: 'uint8',
      readBox: async () => new Uint8Array(),
      prefetch: async () => {},
      async readBrick(brickZyx, signal) {
        await arrival(level, brickZyx);
        signal?.throwIfAborted();
        return { dtype: 'uint8', data: new Uint8Array(BRICK_VOXELS).fill(7) };
      },
    }),
  );
  return { info, levels: readers } as unknown as Volume;
}

export const NO_LABELS = {
  has: () => false,
  version: () => 0,
  lone: () => undefined,
  brick: () => new Uint32Array(),
  pyramid: new LabelPyramid(() => undefined),
};

/** Views whose layers are those of a volume, its bricks in main memory; troubles are thrown. */
export function testSliceViews(
  volume: Volume,
  backend: Omit<SliceBackend<MemorySlot>, 'createPool'>,
  frameMilliseconds: number,
  isFilling = () => false,
  onPicture: (picture: SlicePicture) => void = () => {},
): SliceViews<MemorySlot> {
  const display: DisplayState = {
    layers: [volumeLayer(volume.info)],
    overlaysOff: false,
    imagesOff: false,
    selectedIds: [],
    hiddenIds: [],
  };
  return new SliceViews(
    {
      ...backend,
      createPool: (label, bytes, limit) => new MemoryBrickPool(label, bytes, limit),
    },
    {
      scheduler: new Scheduler(),
      display: () => display,
      isFilling,
      onPicture,
      requestFrame: (draw) => void setTimeout(draw, frameMilliseconds),
      onTrouble: (_, error) => {
        throw error;
      },
    },
  );
}
