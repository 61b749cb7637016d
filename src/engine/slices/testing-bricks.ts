/** Bricks of random values for the tests of who draws slices: in pools, and as the plain twin takes them. */

import { BRICK_EDGE, BRICK_VOXELS, brickKey, bricksOfBox } from '../../core/brick';
import { BRICK_WORDS, type BrickBits, voxelOfWord } from '../../core/brick-bits';
import type { BrickLru } from '../../core/brick-lru';
import { allocate, type ImageDtype } from '../../core/dtype';
import { randomNumbers } from '../../core/testing/random';
import { scale, volumeOf, type Zyx } from '../../core/vec';
import type { LevelInfo } from '../../volume/model';
import type { ReferenceLevel } from './reference';
import type { DrawnBrick, FailedBrick, SegmentBrick } from './scene';
import { FINEST, VOLUME_SHAPE } from './testing-levels';

type Voxels = ReturnType<typeof allocate<ImageDtype | 'uint32'>>;

/** A brick's 64³ voxels out of a whole array; those outside hold what would be seen if they were drawn. */
function cut(voxels: Voxels, { shapeZyx }: LevelInfo, brickZyx: Zyx): Voxels {
  const ofSameType = voxels.constructor as new (length: number) => Voxels;
  const data = new ofSameType(BRICK_VOXELS).fill(77);
  const [z0, y0, x0] = scale(brickZyx, BRICK_EDGE);
  const width = Math.min(shapeZyx[2] - x0, BRICK_EDGE);
  for (let z = 0; z < Math.min(shapeZyx[0] - z0, BRICK_EDGE); z++)
    for (let y = 0; y < Math.min(shapeZyx[1] - y0, BRICK_EDGE); y++) {
      const row = ((z0 + z) * shapeZyx[1] + y0 + y) * shapeZyx[2] + x0;
      data.set(voxels.subarray(row, row + width), (z * BRICK_EDGE + y) * BRICK_EDGE);
    }
  return data;
}

const gridOf = (info: LevelInfo): Zyx[] => [
  ...bricksOfBox({ originZyx: [0, 0, 0], shapeZyx: info.shapeZyx }),
];

/** A level's bricks in two pools, and as the twin sees it. */
export interface Loaded<Slot> {
  readonly drawn: DrawnBrick<Slot>[];
  readonly failed: FailedBrick[];
  readonly twin: ReferenceLevel;
}

/** Fills a level, and puts a share of its bricks into the pools, in turn; of the others half are failed. */
export function load<Slot>(
  pools: readonly [BrickLru<Slot>, BrickLru<Slot>],
  name: string,
  dtype: ImageDtype | 'uint32',
  info: LevelInfo,
  random: () => number,
  valueAt: (z: number, y: number, x: number) => number,
  density: number,
): Loaded<Slot> {
  const voxels = allocate(dtype, volumeOf(info.shapeZyx));
  const [depth, height, width] = info.shapeZyx;
  let next = 0;
  for (let z = 0; z < depth; z++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) voxels[next++] = valueAt(z, y, x);
  const drawn: DrawnBrick<Slot>[] = [];
  const failed: FailedBrick[] = [];
  for (const [index, brickZyx] of gridOf(info).entries()) {
    const pool = pools[index % 2 === 0 ? 0 : 1];
    if (random() < density) {
      const slot = pool.put(`${name} ${brickZyx}`, cut(voxels, info, brickZyx));
      drawn.push({ slot, brickZyx, level: info });
    } else if (random() < 0.5) {
      failed.push({ brickZyx, level: info });
    }
  }
  const keys = (bricks: readonly FailedBrick[]) =>
    new Set(bricks.map((brick) => brickKey(brick.brickZyx)));
  const loadedKeys = keys(drawn);
  const failedKeys = keys(failed);
  return {
    drawn,
    failed,
    twin: {
      level: info,
      voxels,
      isLoaded: (brick) => loadedKeys.has(brickKey(brick)),
      isFailed: (brick) => failedKeys.has(brickKey(brick)),
    },
  };
}

/** The only segment in a brick, of every other one; some are selected, some hidden. */
export const loneIn = ([z, y, x]: Zyx): number | undefined =>
  (z + y + x) % 2 === 0 ? undefined : 2 + ((z * 2 + y * 3 + x) % 3);

/** Bricks of the finest level with segments in them, as the segmentation has them: bits where one is alone, ids elsewhere. */
export function segmentBricks<Slot>(
  pools: readonly [BrickLru<Slot>, BrickLru<Slot>],
  { drawn, twin }: Loaded<Slot>,
): SegmentBrick<Slot>[] {
  const bits = bitsOf(twin);
  return drawn.map((brick, index) => {
    const key = brickKey(brick.brickZyx);
    const segment = loneIn(brick.brickZyx);
    const alone = segment === undefined ? undefined : bits.get(key);
    if (!alone) return { ...brick, segment: undefined };
    const slot = pools[index % 2 === 0 ? 0 : 1].put(`alone ${key}`, alone);
    return { ...brick, slot, segment };
  });
}

/** Blocks of 5³ voxels of the same id, half of them 0. */
export function blobs(seed: number, ids: number): (z: number, y: number, x: number) => number {
  const table = Array.from({ length: 512 }, randomNumbers(seed));
  return (z, y, x) => {
    const [bz, by, bx] = [Math.floor(z / 5), Math.floor(y / 5), Math.floor(x / 5)];
    const random = table[(bz * 73 + by * 179 + bx * 283) % 512] ?? 0;
    return random < 0.5 ? 0 : Math.ceil((random - 0.5) * 2 * ids);
  };
}

/** The bits of a fill in the finest level; set outside the volume too. */
export function bitsOf(layer: ReferenceLevel): BrickBits {
  const bits: BrickBits = new Map();
  const [depth, height, width] = VOLUME_SHAPE;
  for (const brickZyx of gridOf(FINEST).filter((brick) => layer.isLoaded(brick))) {
    const [z0, y0, x0] = scale(brickZyx, BRICK_EDGE);
    const words = new Uint32Array(BRICK_WORDS);
    for (let word = 0; word < BRICK_WORDS; word++) {
      const [wz, wy, wx] = voxelOfWord(word);
      const [z, y] = [z0 + wz, y0 + wy];
      const row = (z * height + y) * width;
      for (let x = x0 + wx; x < x0 + wx + 32; x++) {
        const isOutside = z >= depth || y >= height || x >= width;
        if (isOutside || layer.voxels[row + x]) words[word] = (words[word] ?? 0) | (1 << (x & 31));
      }
    }
    bits.set(brickKey(brickZyx), words);
  }
  return bits;
}
