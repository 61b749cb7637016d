/** Random scenes for the tests of who draws slices: with bricks in pools, and as the plain twin takes them. */

import { brickOfVoxel } from '../../core/brick';
import type { BrickBits } from '../../core/brick-bits';
import type { BrickLru } from '../../core/brick-lru';
import { colourOfId64, packColour } from '../../core/colour';
import { bytesOf, type ImageDtype } from '../../core/dtype';
import { type Bounds, boundsOfShape } from '../../core/slice-geometry';
import { randomNumbers } from '../../core/testing/random';
import { add, multiply, type Zyx } from '../../core/vec';
import type { LevelInfo } from '../../volume/model';
import type { ReferenceScene } from './reference';
import type { SliceScene } from './scene';
import { bitsOf, blobs, type Loaded, load, loneIn, segmentBricks } from './testing-bricks';
import { type BothLayers, imageLayer, labelLayer, segmentsLayer } from './testing-layers';
import { CROPPED_LEVELS, FINEST, LEVELS, SHIFTED_LEVELS, VOLUME_SHAPE } from './testing-levels';

const VALUES: Readonly<Record<ImageDtype, (random: number) => number>> = {
  uint8: (random) => Math.floor(random * 256),
  uint16: (random) => Math.floor(random * 65536),
  int16: (random) => Math.floor(random * 65536) - 32768,
  float32: (random) => Math.fround(random * 2 - 1),
};

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

/** A scene, the bits of the fill that runs in it, and its twin. */
export interface RandomScene<Slot> {
  readonly scene: SliceScene<Slot>;
  readonly filling: BrickBits;
  readonly twin: ReferenceScene;
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
    const segments = this.segments(random, seed + 1);
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
      segmentsLayer(volume, [segments], segmentBricks(this.pools(1 / 8), segments), filling, {
        opacity: 0.45,
        blending: 'normal',
      }),
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

  /** Of which every other brick holds one alone. */
  private segments(random: () => number, seed: number): Loaded<Slot> {
    const idAt = blobs(seed, 40);
    const valueAt = (...zyx: [number, number, number]) =>
      idAt(...zyx) && (loneIn(brickOfVoxel(zyx)) ?? idAt(...zyx));
    return load(this.pools(4), 'segments', 'uint32', FINEST, random, valueAt, 0.6);
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
