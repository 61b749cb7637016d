import { colourOfId64, packColour } from '../core/colour';
import { type Bounds, boundsOfShape, type LevelGrid } from '../core/slice-geometry';
import { add, multiply, type Zyx } from '../core/vec';
import { type Files, putArray } from '../volume/testing/array-files';
import { putGroup, putImage } from '../volume/testing/multiscale-files';
import type { ReferenceLayer } from './slices/reference';
import { wholeLevel } from './testing-engine';

/** The volume: voxels of 8 × 4 × 4 nm, the first one's centre at 100, 50, 0 nm. */
export const NM: Zyx = [8, 4, 4];
export const ORIGIN_NM: Zyx = [100, 50, 0];
export const SHAPE: Zyx = [40, 70, 131];
/** Another image: of other voxels, which begin before the volume and end inside it, with two levels. */
const OTHER_NM: Zyx = [10, 7, 6];
const OTHER_ORIGIN_NM: Zyx = [81, 33, 12];
export const OTHER_SHAPES: readonly Zyx[] = [
  [24, 36, 62],
  [12, 18, 31],
];
/** Labels of the volume, cut out of it. */
export const CUT_SHAPE: Zyx = [20, 40, 60];

const valueAt = (index: number) => (index * 7919) % 251;
export const otherAt = (index: number) => 300 + ((index * 104_729) % 60_000);
export const truthAt = (index: number) =>
  (Math.floor(index / 9) % 5) * (Math.floor(index / 131) % 3);
/** Ids that no double holds. */
export const wideAt = (index: number) => {
  const id = Math.floor(index / 7) % 4;
  return id === 0 ? 0n : 2n ** 63n + BigInt(id) * 3n;
};

/** The volume and what lies beside it: labels stored with it, and `other`, `cut` and `bare`. */
export async function layeredFiles(): Promise<Files> {
  const made: Files = new Map();
  await putImage(made, '', {
    ome: '0.4',
    scale: NM,
    translation: ORIGIN_NM,
    levels: [{ dtype: 'uint8', shape: SHAPE, chunks: [32, 64, 64], valueAt }],
  });
  putGroup(made, 'labels', '0.4', { labels: ['truth'] });
  const truth = { dtype: 'uint32', shape: SHAPE, chunks: [40, 64, 64], valueAt: truthAt } as const;
  await putImage(made, 'labels/truth', {
    ome: '0.4',
    scale: NM,
    translation: ORIGIN_NM,
    levels: [truth],
  });
  await putImage(made, 'other', {
    ome: '0.5',
    scale: OTHER_NM,
    translation: OTHER_ORIGIN_NM,
    levels: OTHER_SHAPES.map((shape) => ({
      dtype: 'uint16',
      shape,
      chunks: [16, 32, 32],
      valueAt: otherAt,
    })),
  });
  await putImage(made, 'cut', {
    ome: '0.5',
    scale: NM,
    translation: [180, 90, 40],
    levels: [{ dtype: 'uint64', shape: CUT_SHAPE, chunks: [20, 40, 32], valueAt: wideAt }],
  });
  await putArray(made, 'bare', {
    version: 3,
    dtype: 'uint32',
    shape: SHAPE,
    chunks: [40, 70, 131],
    valueAt: truthAt,
  });
  return made;
}

/** A level of voxels of a size, the first one's centre at an origin, in the volume's voxels. */
export const levelAt = (shapeZyx: Zyx, sizeNm: Zyx, originNm: Zyx): LevelGrid => {
  const along = (axis: 0 | 1 | 2) => {
    const scale = sizeNm[axis] / NM[axis];
    return { scale, offset: 0.5 + (originNm[axis] - ORIGIN_NM[axis]) / NM[axis] - scale / 2 };
  };
  const [z, y, x] = [along(0), along(1), along(2)];
  return {
    shapeZyx,
    scaleZyx: [z.scale, y.scale, x.scale],
    offsetZyx: [z.offset, y.offset, x.offset],
  };
};
export const boundsOf = ({ shapeZyx, scaleZyx, offsetZyx }: LevelGrid): Bounds => ({
  startZyx: offsetZyx,
  endZyx: add(offsetZyx, multiply(shapeZyx, scaleZyx)),
});
const GRID: LevelGrid = levelAt(SHAPE, NM, ORIGIN_NM);

/** The layers as the plain twin draws them. */
export const twins = {
  image: (): ReferenceLayer => ({
    kind: 'image',
    bounds: boundsOfShape(SHAPE),
    levels: [wholeLevel(GRID, valueAt)],
    opacity: 1,
    blending: 'normal',
    contrast: [0, 255],
    colourMap: 'grey',
  }),
  other: (): ReferenceLayer => {
    const grid = levelAt(OTHER_SHAPES[0] ?? SHAPE, OTHER_NM, OTHER_ORIGIN_NM);
    return {
      kind: 'image',
      bounds: boundsOf(grid),
      levels: [wholeLevel(grid, otherAt)],
      opacity: 0.7,
      blending: 'additive',
      contrast: [500, 40_000],
      colourMap: 'viridis',
    };
  },
  cut: (): ReferenceLayer => {
    const grid = levelAt(CUT_SHAPE, NM, [180, 90, 40]);
    return {
      kind: 'labels',
      bounds: boundsOf(grid),
      levels: [wholeLevel(grid, (index) => Number(wideAt(index) % 2n ** 32n))],
      opacity: 0.4,
      blending: 'multiply',
      colours: Uint32Array.from({ length: 10 }, (_, id) =>
        id === 0 ? 0 : packColour(colourOfId64(2n ** 63n + BigInt(id))),
      ),
    };
  },
  truth: (): ReferenceLayer => ({
    kind: 'labels',
    bounds: boundsOfShape(SHAPE),
    levels: [wholeLevel(GRID, truthAt)],
    opacity: 0.5,
    blending: 'normal',
    colours: Uint32Array.from({ length: 20 }, (_, id) =>
      id === 0 ? 0 : packColour(colourOfId64(BigInt(id))),
    ),
  }),
};
