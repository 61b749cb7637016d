/** Random scenes for the tests of who draws slices: with bricks in pools, and as the plain twin takes them. */

import fc from 'fast-check';
import { BRICK_EDGE, BRICK_VOXELS, brickKey, bricksOfBox } from '../../core/brick';
import { BRICK_WORDS, type BrickBits, voxelOfWord } from '../../core/brick-bits';
import type { BrickLru } from '../../core/brick-lru';
import { colourOfId64, packColour } from '../../core/colour';
import type { ColourMap } from '../../core/colour-map';
import { allocate, bytesOf, type ImageDtype } from '../../core/dtype';
import { type Bounds, boundsOfShape, type ViewId } from '../../core/slice-geometry';
import { ORIENTATIONS } from '../../core/testing/orientations';
import { randomNumbers } from '../../core/testing/random';
import { add, multiply, scale, volumeOf, type Zyx } from '../../core/vec';
import type { LevelInfo } from '../../volume/model';
import type { Blending } from '../layer';
import type { ReferenceLayer, ReferenceLevel, ReferenceScene } from './reference';
import type { DrawnBrick, FailedBrick, SceneImage, SceneLayer, SliceScene } from './scene';

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
/** Of a layer on a grid of its own: voxels of another shape that straddle the volume's, beginning before it and ending behind. */
export const SHIFTED_LEVELS = [
  level([30, 40, 90], [1.7, 2.3, 1.6], [-3.4, -7.7, 4.3]),
  level([15, 20, 45], [3.4, 4.6, 3.2], [-3.4, -7.7, 4.3]),
] as const;
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

/** One index without a colour, and fewer than there are labels. */
const COLOURS = Uint32Array.from({ length: 40 }, (_, index) =>
  index === 5 ? 0 : packColour(colourOfId64(BigInt(index) * 7919n)),
);
const OTHER_COLOURS = Uint32Array.from({ length: 60 }, (_, index) =>
  packColour(colourOfId64(BigInt(index) + 2n ** 63n)),
);
const CONTRASTS: Readonly<Record<ImageDtype, readonly [number, number]>> = {
  uint8: [20, 230],
  uint16: [60000, 1000],
  int16: [-20000, 20000],
  float32: [-0.75, 0.5],
};
/** The segment that is being filled. */
export const FILL_ID = 17;

/** A scene, the bits of the fill that runs in it, and its twin. */
export interface RandomScene<Slot> {
  readonly scene: SliceScene<Slot>;
  readonly filling: BrickBits;
  readonly twin: ReferenceScene;
}

/** How a layer is drawn, whatever draws it. */
interface Look {
  readonly kind: SceneLayer<unknown>['kind'];
  readonly bounds: Bounds;
  readonly opacity: number;
  readonly blending: Blending;
  readonly contrast?: readonly [number, number];
  readonly colourMap?: ColourMap;
}

/** One layer of a scene and of its twin. */
interface BothLayers<Slot> {
  readonly drawn: SceneLayer<Slot>;
  readonly twin: ReferenceLayer;
}

/** What the finest level covers. */
const boundsOf = ({ shapeZyx, scaleZyx, offsetZyx }: LevelInfo): Bounds => ({
  startZyx: offsetZyx,
  endZyx: add(offsetZyx, multiply(shapeZyx, scaleZyx)),
});

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

  /**
   * Random values and labels at all levels, some bricks loaded, some failed: two images and two stored label layers, one each
   * on a grid of its own, and the segmentation; the layers in an order that depends on the seed.
   */
  make(dtype: ImageDtype, seed: number, voxelSizeNm: Zyx): RandomScene<Slot> {
    const random = randomNumbers(seed);
    const filling = this.labels('filling', [FINEST], [0.5], random, seed + 3, 1);
    const volume = boundsOfShape(VOLUME_SHAPE);
    const image = this.image('image', dtype, LEVELS, [0.5, 0.5, 0.9], random);
    const other = this.image('other image', 'uint16', SHIFTED_LEVELS, [0.7, 0.9], random);
    const stored = this.labels('stored', CROPPED_LEVELS, [0.6, 1], random, seed, 44);
    const shifted = this.labels('shifted', [SHIFTED_LEVELS[1]], [0.8], random, seed + 5, 60);
    const segments = this.labels('segments', [FINEST], [0.6], random, seed + 1, 40);
    const layers: BothLayers<Slot>[] = [
      imageLayer(dtype, volume, image, {
        opacity: 1,
        blending: 'normal',
        colourMap: 'grey',
        contrast: CONTRASTS[dtype],
      }),
      imageLayer('uint16', boundsOf(SHIFTED_LEVELS[0]), other, {
        opacity: 0.6,
        blending: 'additive',
        colourMap: 'magma',
        contrast: [0, 50_000],
      }),
      labelLayer(volume, stored, COLOURS, { opacity: 0.3, blending: 'normal' }),
      labelLayer(boundsOf(SHIFTED_LEVELS[1]), shifted, OTHER_COLOURS, {
        opacity: 0.5,
        blending: 'multiply',
      }),
      segmentsLayer(volume, segments, filling, { opacity: 0.45, blending: 'normal' }),
    ];
    const shuffled = seed % 2 === 0 ? layers : shuffle(layers, random);
    const shown = {
      volumeShapeZyx: VOLUME_SHAPE,
      voxelSizeNm,
      selectedIds: [2, 17],
      hiddenIds: [3],
    };
    return {
      scene: { ...shown, layers: shuffled.map(({ drawn }) => drawn) },
      filling: new Map(filling.flatMap(({ twin }) => [...bitsOf(twin)])),
      twin: { ...shown, layers: shuffled.map(({ twin }) => twin) },
    };
  }

  private image(
    name: string,
    dtype: ImageDtype,
    levels: readonly LevelInfo[],
    densities: readonly number[],
    random: () => number,
  ): Loaded<Slot>[] {
    const value = VALUES[dtype];
    const pools = this.pools(bytesOf[dtype]);
    return levels.map((info, index) =>
      load(
        pools,
        `${name} ${index}`,
        dtype,
        info,
        random,
        () => value(random()),
        densities[index] ?? 1,
      ),
    );
  }

  private labels(
    name: string,
    levels: readonly LevelInfo[],
    densities: readonly number[],
    random: () => number,
    seed: number,
    ids: number,
  ): Loaded<Slot>[] {
    return levels.map((info, index) =>
      load(
        this.pools(4),
        `${name} ${index}`,
        'uint32',
        info,
        random,
        blobs(seed - index, ids),
        densities[index] ?? 1,
      ),
    );
  }
}

function shuffle<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

const levelsOf = <Slot>(loaded: readonly Loaded<Slot>[]) => ({
  bricks: loaded.flatMap(({ drawn }) => drawn),
  failed: loaded.flatMap(({ failed }) => failed),
});

function imageLayer<Slot>(
  dtype: ImageDtype,
  bounds: Bounds,
  loaded: readonly Loaded<Slot>[],
  look: Pick<SceneImage<Slot>, 'opacity' | 'blending' | 'colourMap' | 'contrast'>,
): BothLayers<Slot> {
  const levels = loaded.map(({ twin }) => twin);
  return {
    drawn: { kind: 'image', dtype, bounds, ...levelsOf(loaded), ...look },
    twin: { kind: 'image', bounds, levels, ...look },
  };
}

function labelLayer<Slot>(
  bounds: Bounds,
  loaded: readonly Loaded<Slot>[],
  words: Uint32Array<ArrayBuffer>,
  look: Pick<Look, 'opacity' | 'blending'>,
): BothLayers<Slot> {
  const levels = loaded.map(({ twin }) => twin);
  return {
    drawn: { kind: 'labels', bounds, ...levelsOf(loaded), colours: { version: 1, words }, ...look },
    twin: { kind: 'labels', bounds, levels, colours: words, ...look },
  };
}

function segmentsLayer<Slot>(
  bounds: Bounds,
  loaded: readonly Loaded<Slot>[],
  filling: readonly Loaded<Slot>[],
  look: Pick<Look, 'opacity' | 'blending'>,
): BothLayers<Slot> {
  // What is being filled has no bricks of its own: its bits lie elsewhere.
  const whole = ({ twin }: Loaded<Slot>) => ({ ...twin, isFailed: () => false });
  return {
    drawn: { kind: 'segments', bounds, ...levelsOf(loaded), ...look },
    twin: {
      kind: 'segments',
      bounds,
      levels: loaded.map(({ twin }) => twin),
      fills: filling.map((one) => ({ ...whole(one), id: FILL_ID })),
      ...look,
    },
  };
}

/** What may differ in a scene that is drawn and in its twin alike. */
interface Change {
  readonly selectedIds?: readonly number[];
  readonly hiddenIds?: readonly number[];
  /** A layer as it is shown then; null where it is not. */
  readonly layer?: (look: Look) => Partial<Look> | null;
}

/** The scene with another look. */
export function withChange<Slot>(
  drawn: RandomScene<Slot>,
  { layer, ...changes }: Change,
): RandomScene<Slot> {
  const change = <L extends Look>(layers: readonly L[]): L[] =>
    layers.flatMap((one) => {
      const changed = layer ? layer(one) : {};
      return changed === null ? [] : [{ ...one, ...changed }];
    });
  return {
    ...drawn,
    scene: { ...drawn.scene, ...changes, layers: change(drawn.scene.layers) },
    twin: { ...drawn.twin, ...changes, layers: change(drawn.twin.layers) },
  };
}

const only =
  (...kinds: Look['kind'][]) =>
  ({ kind }: Look) =>
    kinds.includes(kind) ? {} : null;
const blended = (blending: Blending): Change => ({ layer: () => ({ blending }) });

/** Changes of a scene, by what is special in them. */
export const CHANGES: Readonly<Record<string, Change>> = {
  'no image': { layer: only('labels', 'segments') },
  'no segments': { layer: only('image', 'labels') },
  'no stored labels': { layer: only('image', 'segments') },
  'images alone': { layer: only('image') },
  'segments alone': { layer: only('segments') },
  'nothing at all': { layer: () => null },
  'ids that no table holds yet': { selectedIds: [4_000_017, 1], hiddenIds: [] },
  'full opacity': { layer: () => ({ opacity: 1 }) },
  'no opacity': { layer: () => ({ opacity: 0 }) },
  'a threshold': { layer: ({ kind }) => (kind === 'image' ? { contrast: [128, 128] } : {}) },
  'all added': blended('additive'),
  'all multiplied': blended('multiply'),
  ...Object.fromEntries(
    (['inverted', 'viridis', 'cyan'] as const).map((colourMap): [string, Change] => [
      `images in ${colourMap}`,
      { layer: ({ kind }) => (kind === 'image' ? { colourMap } : {}) },
    ]),
  ),
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
    orientation: ORIENTATIONS,
    nmPerPixel: unround(1, 40),
    widthPixels: fc.integer({ min: 1, max: 120 }),
    heightPixels: fc.integer({ min: 1, max: 90 }),
  }),
});
