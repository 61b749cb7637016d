/** Random scenes for the renderer's tests: on the GPU, and as its CPU twin takes them. */
import { BRICK_EDGE, BRICK_VOXELS, brickKey, bricksOfBox } from '../../core/brick';
import { BRICK_WORDS, bitOfVoxel } from '../../core/brick-bits';
import { colourOfId64, packColour } from '../../core/colour';
import { allocate, bytesOf, type ImageDtype } from '../../core/dtype';
import { add, scale, volumeOf, type Zyx } from '../../core/vec';
import { BrickPool } from '../../gpu/brick-pool';
import type { GpuContext } from '../../gpu/device';
import { GpuMemory } from '../../gpu/memory';
import type { LevelInfo } from '../../volume/model';
import type { DisplayState } from '../protocol';
import type { ReferenceLevel, ReferenceScene } from './reference';
import type { DrawnBrick, FailedBrick, FillBits, SliceScene } from './scene';

export const VOLUME_SHAPE: Zyx = [70, 83, 131];
const level = (shapeZyx: Zyx, scaleZyx: Zyx, offsetZyx: Zyx): LevelInfo => ({
  path: '',
  chunkZyx: shapeZyx,
  shapeZyx,
  scaleZyx,
  offsetZyx,
});
/** The finest level. */
export const FINEST = level(VOLUME_SHAPE, [1, 1, 1], [0, 0, 0]);
/** Shapes rounded down and up, levels that begin before and behind the volume, an axis that is not halved. */
export const LEVELS = [
  FINEST,
  level([70, 41, 65], [1, 2, 2], [0, 0, -0.5]),
  level([17, 21, 32], [4, 4, 4], [0, 0, 1.5]),
];
/** A stored label layer that covers a part of the volume only. */
export const CROPPED_LEVELS = [
  level([40, 40, 100], [1, 1, 1], [20, 11, 7]),
  level([40, 20, 50], [1, 2, 2], [20, 11, 7]),
];
const VALUES: Readonly<Record<ImageDtype, (random: number) => number>> = {
  uint8: (random) => Math.floor(random * 256),
  uint16: (random) => Math.floor(random * 65536),
  int16: (random) => Math.floor(random * 65536) - 32768,
  float32: (random) => Math.fround(random * 2 - 1),
};

/** mulberry32: numbers in [0, 1), the same for a seed. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

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

/** A level on the GPU, in two blocks, and as the twin sees it. */
interface Loaded {
  readonly drawn: DrawnBrick[];
  readonly failed: FailedBrick[];
  readonly twin: ReferenceLevel;
}

function load(
  pools: readonly [BrickPool, BrickPool],
  name: string,
  dtype: ImageDtype | 'uint32',
  info: LevelInfo,
  random: () => number,
  valueAt: (zyx: Zyx) => number,
  density: number,
): Loaded {
  const voxels = allocate(dtype, volumeOf(info.shapeZyx));
  const [, height, width] = info.shapeZyx;
  for (let i = 0; i < voxels.length; i++) {
    voxels[i] = valueAt([
      Math.floor(i / (height * width)),
      Math.floor(i / width) % height,
      i % width,
    ]);
  }
  const drawn: DrawnBrick[] = [];
  const failed: FailedBrick[] = [];
  for (const [index, brickZyx] of gridOf(info).entries()) {
    const pool = pools[index % 2 === 0 ? 0 : 1];
    if (random() < density) {
      const slot = pool.put(`${name} ${brickZyx}`, cut(voxels, info, brickZyx));
      drawn.push({ ...slot, brickZyx, level: info });
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

/** Blocks of 5³ voxels of the same id, half of them 0. */
function blobs(seed: number, ids: number): (zyx: Zyx) => number {
  const table = Array.from({ length: 512 }, randomNumbers(seed));
  return ([z, y, x]) => {
    const [bz, by, bx] = [Math.floor(z / 5), Math.floor(y / 5), Math.floor(x / 5)];
    const random = table[(bz * 73 + by * 179 + bx * 283) % 512] ?? 0;
    return random < 0.5 ? 0 : Math.ceil((random - 0.5) * 2 * ids);
  };
}

/** The bits of a fill, in slots other than the bricks' order; set outside the volume too. */
function fillBits(device: GPUDevice, id: number, layer: ReferenceLevel): FillBits {
  const bricks = gridOf(FINEST)
    .filter((brick) => layer.isLoaded(brick))
    .map((brickZyx, index, { length }) => ({ brickZyx, slot: length - 1 - index }));
  const words = new Uint32Array((bricks.length + 1) * BRICK_WORDS);
  const [depth, height, width] = VOLUME_SHAPE;
  for (const { brickZyx, slot } of bricks)
    for (let i = 0; i < BRICK_VOXELS; i++) {
      const at = add(scale(brickZyx, BRICK_EDGE), [i >> 12, (i >> 6) & 63, i & 63]);
      const isOutside = at[0] >= depth || at[1] >= height || at[2] >= width;
      if (!isOutside && !layer.voxels[(at[0] * height + at[1]) * width + at[2]]) continue;
      const { word, bit } = bitOfVoxel(at);
      const index = slot * BRICK_WORDS + word;
      words[index] = (words[index] ?? 0) | (1 << bit);
    }
  const state = device.createBuffer({
    size: words.byteLength,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
  });
  device.queue.writeBuffer(state, 0, words);
  return { state, id, bricks };
}

/** Some of everything shown. */
export const DISPLAY: DisplayState = {
  contrast: [0, 255],
  imageVisible: true,
  overlaysOff: false,
  labelsVisible: true,
  labelOpacity: 0.45,
  referenceLayer: 'truth',
  referenceOpacity: 0.3,
  selectedIds: [2, 17],
  hiddenIds: [3],
};
const CONTRASTS: Readonly<Record<ImageDtype, readonly [number, number]>> = {
  uint8: [20, 230],
  uint16: [60000, 1000],
  int16: [-20000, 20000],
  float32: [-0.75, 0.5],
};
/** One index without a colour, and fewer than there are labels. */
export const REFERENCE_COLOURS = Uint32Array.from({ length: 40 }, (_, index) =>
  index === 5 ? 0 : packColour(colourOfId64(BigInt(index) * 7919n)),
);
/** The segment that is being filled. */
export const FILL_ID = 17;

/** A scene and its twin. */
export interface RandomScene {
  readonly scene: SliceScene;
  readonly twin: ReferenceScene;
  dispose(): void;
}

/** Makes scenes whose bricks lie in the same few blocks: a scene is good until the next one is made. */
export class RandomScenes {
  private readonly device: GPUDevice;
  private readonly memory: GpuMemory;
  private readonly kept = new Map<number, readonly [BrickPool, BrickPool]>();

  constructor({ device }: GpuContext) {
    this.device = device;
    this.memory = new GpuMemory(device, 512 * 2 ** 20);
  }

  /** Where bricks go, two blocks in turn. */
  pools(bytesPerVoxel: number): readonly [BrickPool, BrickPool] {
    const kept = this.kept.get(bytesPerVoxel);
    if (kept) return kept;
    const pools = [
      new BrickPool(this.memory, 'even bricks', bytesPerVoxel),
      new BrickPool(this.memory, 'odd bricks', bytesPerVoxel),
    ] as const;
    this.kept.set(bytesPerVoxel, pools);
    return pools;
  }

  /** Random values and labels at all levels, some bricks loaded, some failed. */
  make(dtype: ImageDtype, seed: number, voxelSizeNm: Zyx): RandomScene {
    const random = randomNumbers(seed);
    const value = VALUES[dtype];
    const image = LEVELS.map((info, index) =>
      load(
        this.pools(bytesOf[dtype]),
        `image ${index}`,
        dtype,
        info,
        random,
        () => value(random()),
        [0.5, 0.5, 0.9][index] ?? 1,
      ),
    );
    const labels = load(
      this.pools(4),
      'labels',
      'uint32',
      FINEST,
      random,
      blobs(seed + 1, 40),
      0.6,
    );
    const reference = CROPPED_LEVELS.map((info, index) =>
      load(
        this.pools(4),
        `reference ${index}`,
        'uint32',
        info,
        random,
        blobs(seed - index, 44),
        index === 0 ? 0.6 : 1,
      ),
    );
    const filling = load(
      this.pools(4),
      'filling',
      'uint32',
      FINEST,
      random,
      blobs(seed + 3, 1),
      0.5,
    );
    const fill = fillBits(this.device, FILL_ID, filling.twin);
    const display = { ...DISPLAY, contrast: CONTRASTS[dtype] };
    const scene: SliceScene = {
      volumeShapeZyx: VOLUME_SHAPE,
      voxelSizeNm,
      imageDtype: dtype,
      image: image.flatMap(({ drawn }) => drawn),
      failed: image.flatMap(({ failed }) => failed),
      reference: reference.flatMap(({ drawn }) => drawn),
      labels: labels.drawn,
      fills: [fill],
      display,
    };
    const twin: ReferenceScene = {
      volumeShapeZyx: VOLUME_SHAPE,
      voxelSizeNm,
      image: image.map((loaded) => loaded.twin),
      reference: reference.map((loaded) => loaded.twin),
      referenceColours: REFERENCE_COLOURS,
      labels: [labels.twin],
      fills: [{ ...filling.twin, id: FILL_ID }],
      display,
    };
    return { scene, twin, dispose: () => fill.state.destroy() };
  }
}
