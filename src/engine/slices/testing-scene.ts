/** Random scenes for the tests of who draws slices: with bricks in pools, and as the plain twin takes them. */
import fc from 'fast-check';
import { BRICK_EDGE, BRICK_VOXELS, brickKey, bricksOfBox } from '../../core/brick';
import { BRICK_WORDS, type BrickBits, voxelOfWord } from '../../core/brick-bits';
import type { BrickLru } from '../../core/brick-lru';
import { colourOfId64, packColour } from '../../core/colour';
import { allocate, bytesOf, type ImageDtype } from '../../core/dtype';
import type { ViewId } from '../../core/slice-geometry';
import { scale, volumeOf, type Zyx } from '../../core/vec';
import type { LevelInfo } from '../../volume/model';
import type { DisplayState } from '../protocol';
import type { ReferenceLevel, ReferenceScene } from './reference';
import type { DrawnBrick, FailedBrick, SliceScene } from './scene';

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
export function randomNumbers(seed: number): () => number {
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

/** A level's bricks in two pools, and as the twin sees it. */
interface Loaded<Slot> {
  readonly drawn: DrawnBrick<Slot>[];
  readonly failed: FailedBrick[];
  readonly twin: ReferenceLevel;
}

function load<Slot>(
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

/** Blocks of 5³ voxels of the same id, half of them 0. */
function blobs(seed: number, ids: number): (z: number, y: number, x: number) => number {
  const table = Array.from({ length: 512 }, randomNumbers(seed));
  return (z, y, x) => {
    const [bz, by, bx] = [Math.floor(z / 5), Math.floor(y / 5), Math.floor(x / 5)];
    const random = table[(bz * 73 + by * 179 + bx * 283) % 512] ?? 0;
    return random < 0.5 ? 0 : Math.ceil((random - 0.5) * 2 * ids);
  };
}

/** The bits of a fill; set outside the volume too. */
function bitsOf(layer: ReferenceLevel): BrickBits {
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

/** A scene, the bits of the fill that runs in it, and its twin. */
export interface RandomScene<Slot> {
  readonly scene: SliceScene<Slot>;
  readonly filling: BrickBits;
  readonly twin: ReferenceScene;
}

/** Makes scenes whose bricks lie in the same few pools: a scene is good until the next one is made. */
export class RandomScenes<Slot> {
  private readonly kept = new Map<number, readonly [BrickLru<Slot>, BrickLru<Slot>]>();

  constructor(
    private readonly createPool: (label: string, bytesPerVoxel: number) => BrickLru<Slot>,
  ) {}

  /** Where bricks go, two pools in turn. */
  pools(bytesPerVoxel: number): readonly [BrickLru<Slot>, BrickLru<Slot>] {
    const kept = this.kept.get(bytesPerVoxel);
    if (kept) return kept;
    const pools = [
      this.createPool('even bricks', bytesPerVoxel),
      this.createPool('odd bricks', bytesPerVoxel),
    ] as const;
    this.kept.set(bytesPerVoxel, pools);
    return pools;
  }

  /** Random values and labels at all levels, some bricks loaded, some failed. */
  make(dtype: ImageDtype, seed: number, voxelSizeNm: Zyx): RandomScene<Slot> {
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
    const ofLabels = (name: string, info: LevelInfo, from: number, ids: number, density: number) =>
      load(this.pools(4), name, 'uint32', info, random, blobs(from, ids), density);
    const labels = ofLabels('labels', FINEST, seed + 1, 40, 0.6);
    const reference = CROPPED_LEVELS.map((info, index) =>
      ofLabels(`reference ${index}`, info, seed - index, 44, index === 0 ? 0.6 : 1),
    );
    const filling = ofLabels('filling', FINEST, seed + 3, 1, 0.5);
    const shown = {
      volumeShapeZyx: VOLUME_SHAPE,
      voxelSizeNm,
      display: { ...DISPLAY, contrast: CONTRASTS[dtype] },
    };
    return {
      scene: {
        ...shown,
        imageDtype: dtype,
        image: image.flatMap(({ drawn }) => drawn),
        failed: image.flatMap(({ failed }) => failed),
        reference: reference.flatMap(({ drawn }) => drawn),
        labels: labels.drawn,
      },
      filling: bitsOf(filling.twin),
      twin: {
        ...shown,
        image: image.map((loaded) => loaded.twin),
        reference: reference.map((loaded) => loaded.twin),
        referenceColours: REFERENCE_COLOURS,
        labels: [labels.twin],
        fills: [{ ...filling.twin, id: FILL_ID }],
      },
    };
  }
}

/** The scene with another display. */
export const withDisplay = <Slot>(
  { scene, filling, twin }: RandomScene<Slot>,
  changes: Partial<DisplayState>,
): RandomScene<Slot> => {
  const display = { ...scene.display, ...changes };
  return { scene: { ...scene, display }, filling, twin: { ...twin, display } };
};

/** Displays that differ from `DISPLAY`, by what is special in them. */
export const DISPLAY_CHANGES: Readonly<Record<string, Partial<DisplayState>>> = {
  'no image': { imageVisible: false },
  'no segments': { labelsVisible: false },
  'no stored labels': { referenceLayer: null },
  'nothing at all': { imageVisible: false, labelsVisible: false, referenceLayer: null },
  'ids that no table holds yet': { selectedIds: [4_000_017, 1], hiddenIds: [] },
  'full opacity': { labelOpacity: 1, referenceOpacity: 1 },
  'no opacity': { labelOpacity: 0, referenceOpacity: 0 },
  'a threshold': { contrast: [128, 128] },
};

const unround = (min: number, max: number) =>
  // Of no round numbers: with these, whole columns of pixels have their centres on voxels' borders.
  fc
    .integer({ min: min * 1000, max: max * 1000 })
    .map((thousandths) => thousandths / 1000 + Math.PI / 1e4);

/** Views of the random scenes' volume and around it. */
export const RANDOM_VIEWS = fc.record({
  viewId: fc.constantFrom<ViewId>('xy', 'zy', 'xz'),
  seed: fc.integer(),
  voxelSizeNm: fc.constantFrom<Zyx>([8, 8, 8], [40, 8, 8], [30, 4, 7]),
  state: fc.record({
    centerZyx: fc.tuple(unround(-2, 72), unround(-5, 88), unround(-5, 136)),
    nmPerPixel: unround(1, 40),
    widthPixels: fc.integer({ min: 1, max: 120 }),
    heightPixels: fc.integer({ min: 1, max: 90 }),
  }),
});
