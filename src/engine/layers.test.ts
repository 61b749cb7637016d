import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { colourOfId64, packColour } from '../core/colour';
import { type Bounds, boundsOfShape, type LevelGrid } from '../core/slice-geometry';
import { add, multiply, type Zyx } from '../core/vec';
import { type Files, putArray } from '../volume/testing/array-files';
import type { Fault } from '../volume/testing/file-server';
import { putGroup, putImage } from '../volume/testing/multiscale-files';
import type { Engine } from './engine';
import { type Layer, segmentsLayer, volumeLayer } from './protocol';
import type { ReferenceLayer } from './slices/reference';
import { asCanvas, TestCanvas } from './testing-canvas';
import { displayOf, LOOK, TestEngine, wholeLevel } from './testing-engine';

/** The volume: voxels of 8 × 4 × 4 nm, the first one's centre at 100, 50, 0 nm. */
const NM: Zyx = [8, 4, 4];
const ORIGIN_NM: Zyx = [100, 50, 0];
const SHAPE: Zyx = [40, 70, 131];
/** Another image: of other voxels, which begin before the volume and end inside it, with two levels. */
const OTHER_NM: Zyx = [10, 7, 6];
const OTHER_ORIGIN_NM: Zyx = [81, 33, 12];
const OTHER_SHAPES: readonly Zyx[] = [
  [24, 36, 62],
  [12, 18, 31],
];
/** Labels of the volume, cut out of it. */
const CUT_SHAPE: Zyx = [20, 40, 60];

const valueAt = (index: number) => (index * 7919) % 251;
const otherAt = (index: number) => 300 + ((index * 104_729) % 60_000);
const truthAt = (index: number) => (Math.floor(index / 9) % 5) * (Math.floor(index / 131) % 3);
/** Ids that no double holds. */
const wideAt = (index: number) => {
  const id = Math.floor(index / 7) % 4;
  return id === 0 ? 0n : 2n ** 63n + BigInt(id) * 3n;
};

async function files(): Promise<Files> {
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

let under: TestEngine;
let engine: Engine;
let url: string;
let image: Layer;

beforeEach(() => {
  under = new TestEngine();
  ({ engine } = under);
});
afterEach(() => under.end());

/** Opens the volume with all views on test canvases. */
async function open(fault?: (key: string) => Fault | undefined): Promise<void> {
  url = await under.serve(await files(), fault);
  await under.start('cpu');
  image = volumeLayer(await engine.open(url));
  await under.attachViews(LOOK);
}

/** A level of voxels of a size, the first one's centre at an origin, in the volume's voxels. */
const levelAt = (shapeZyx: Zyx, sizeNm: Zyx, originNm: Zyx): LevelGrid => {
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
const boundsOf = ({ shapeZyx, scaleZyx, offsetZyx }: LevelGrid): Bounds => ({
  startZyx: offsetZyx,
  endZyx: add(offsetZyx, multiply(shapeZyx, scaleZyx)),
});
const GRID: LevelGrid = levelAt(SHAPE, NM, ORIGIN_NM);

/** The layers as the plain twin draws them. */
const twins = {
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

const differences = (...layers: readonly ReferenceLayer[]) => under.differences(SHAPE, NM, layers);
const SAME = [-1, -1, -1];

/** Opens all of the test's layers beside the volume. */
async function openAll() {
  const other = await engine.openLayer(`${url}/other`, {});
  const cut = await engine.openLayer(`${url}/cut`, {});
  const truth = await engine.openLayer({ stored: 'truth' }, {});
  if (other.kind !== 'image') throw new Error('16 bits are no labels');
  return {
    other: {
      ...other,
      opacity: 0.7,
      blending: 'additive',
      contrast: [500, 40_000],
      colourMap: 'viridis',
    } satisfies Layer,
    cut: { ...cut, opacity: 0.4, blending: 'multiply' } satisfies Layer,
    truth: { ...truth, opacity: 0.5 } satisfies Layer,
  };
}

describe('layers beside a volume', { timeout: 60_000 }, () => {
  it('lie where their own scale and translation put them, in the order of the list', async () => {
    await open();
    const { other, cut, truth } = await openAll();
    expect(cut).toMatchObject({ kind: 'labels', name: 'cut' });
    engine.setDisplay(displayOf(image, other, cut, truth, segmentsLayer));
    await engine.settled();
    const { image: base, ...above } = twins;
    expect(differences(base(), above.other(), above.cut(), above.truth())).toEqual(SAME);

    engine.setDisplay(displayOf(truth, image, segmentsLayer, cut, { ...other, visible: false }));
    await engine.settled();
    expect(differences(above.truth(), base(), above.cut())).toEqual(SAME);
    expect(under.events.filter(({ type }) => type === 'trouble')).toEqual([]);
  });

  it('are held off by kind, and drawn no more once they are closed', async () => {
    await open();
    const { other, cut } = await openAll();
    const display = displayOf(image, other, cut);
    engine.setDisplay({ ...display, overlaysOff: true });
    await engine.settled();
    expect(differences(twins.image(), twins.other())).toEqual(SAME);
    engine.setDisplay({ ...display, imagesOff: true });
    await engine.settled();
    expect(differences(twins.cut())).toEqual(SAME);
    await engine.closeLayer(other.id);
    engine.setDisplay(display);
    await engine.settled();
    expect(differences(twins.image(), twins.cut())).toEqual(SAME);
    await expect(engine.closeLayer(other.id)).rejects.toMatchObject({ code: 'BAD_PARAMETERS' });
  });

  it('tell what they have at a voxel of the volume, ids of 64 bits to the last digit', async () => {
    await open();
    const { other, cut, truth } = await openAll();
    engine.setDisplay(displayOf(image, other, cut, { ...truth, visible: false }));
    await engine.settled();
    const at = (shape: Zyx, [z, y, x]: Zyx) => (z * shape[1] + y) * shape[2] + x;
    // 180, 90, 40 nm is the centre of voxel 10, 10, 10 of the volume, and the first one of the cut.
    const [zyx, inCut] = [[20, 25, 42] as const, [10, 15, 32] as const];
    const inOther: Zyx = [
      Math.round((100 + 20 * 8 - 81) / 10),
      Math.round((50 + 25 * 4 - 33) / 7),
      Math.round((42 * 4 - 12) / 6),
    ];
    expect((await engine.probe(zyx)).layers).toEqual([
      { id: cut.id, value: String(wideAt(at(CUT_SHAPE, inCut))) },
      { id: other.id, value: otherAt(at(OTHER_SHAPES[0] ?? SHAPE, inOther)) },
    ]);
    expect(String(wideAt(at(CUT_SHAPE, inCut)))).not.toBe('0');
    // Outside of the cut there is nothing of it.
    expect((await engine.probe([0, 0, 0])).layers[0]).toEqual({ id: cut.id, value: null });
  });

  it('have the volume’s own voxels where they tell of no lengths, or those that are said', async () => {
    await open();
    const bare = await engine.openLayer(`${url}/bare`, {});
    engine.setDisplay(displayOf({ ...bare, opacity: 0.5 }));
    await engine.settled();
    expect(differences(twins.truth())).toEqual(SAME);
    const said = await engine.openLayer(`${url}/bare`, { voxelSizeNm: [16, 4, 4] });
    engine.setDisplay(displayOf({ ...said, opacity: 0.5 }));
    await engine.settled();
    const grid = levelAt(SHAPE, [16, 4, 4], ORIGIN_NM);
    const twin = twins.truth();
    expect(
      differences({ ...twin, bounds: boundsOf(grid), levels: [wholeLevel(grid, truthAt)] }),
    ).toEqual(SAME);
  });

  it('that cannot be opened leave all as it is, with their own error', async () => {
    await open();
    const { truth } = await openAll();
    engine.setDisplay(displayOf(image, truth));
    await engine.settled();
    await expect(engine.openLayer(`${url}/nothing`, {})).rejects.toMatchObject({
      code: 'NOT_ZARR',
    });
    await expect(engine.openLayer({ stored: 'lies' }, {})).rejects.toMatchObject({
      code: 'UNKNOWN_LABEL_LAYER',
    });
    await engine.settled();
    expect(differences(twins.image(), twins.truth())).toEqual(SAME);
  });

  it('whose bricks cannot be read are hatched, each for itself', async () => {
    await open((key) => (key === '/cut/s0/c/0/0/1' ? { status: 403 } : undefined));
    const { cut } = await openAll();
    engine.setDisplay(displayOf(image, cut));
    await engine.settled();
    const twin = twins.cut();
    const failed = twin.levels.map((level) => ({
      ...level,
      isLoaded: () => false,
      isFailed: () => true,
    }));
    expect(differences(twins.image(), { ...twin, levels: failed })).toEqual(SAME);
    expect(under.events).toContainEqual(expect.objectContaining({ type: 'trouble' }));
  });

  it('share the budget: what is over their parts goes, and where there is no room for one more it is refused', async () => {
    await open();
    await engine.setBudgets({ memoryBytes: 2 ** 28 });
    const opened: Layer[] = [];
    const openOne = async () => opened.push(await engine.openLayer(`${url}/bare`, {}));
    let refusal: unknown;
    while (!refusal && opened.length < 50)
      await openOne().catch((error: unknown) => {
        refusal = error;
      });
    expect(refusal).toMatchObject({ code: 'BUDGET_EXCEEDED' });
    expect(opened.length).toBeGreaterThan(2);
    // All of them at once, within the budget.
    engine.setDisplay(displayOf(image, ...opened));
    await engine.settled();
    await expect
      .poll(
        () =>
          under.events.findLast((event) => event.type === 'statistics')?.statistics.bricks.failed,
      )
      .toBe(0);
    const last = under.events.findLast((event) => event.type === 'statistics')?.statistics;
    expect(last?.memoryBytes).toBeLessThanOrEqual(2 ** 28);
    // One less makes room for another.
    await engine.closeLayer(opened[0]?.id ?? '');
    await expect(openOne()).resolves.toBeGreaterThan(0);
  });

  it('are gone when another volume is opened, and those under way are called off', async () => {
    await open((key) => (key === '/other/s1/zarr.json' ? { hang: true } : undefined));
    const under = engine.openLayer(`${url}/other`, {});
    const rejected = expect(under).rejects.toMatchObject({ name: 'AbortError' });
    await engine.open(url);
    await rejected;
  });

  it('of stored labels follow the time at which the volume is seen', async () => {
    const made: Files = new Map();
    const axes = [
      { name: 't', type: 'time' },
      ...['z', 'y', 'x'].map((name) => ({ name, type: 'space', unit: 'nanometer' })),
    ];
    const array = { shape: [2, 4, 6, 8], chunks: [1, 4, 6, 8] } as const;
    const timeOf = (index: number) => Math.floor(index / (4 * 6 * 8));
    await putImage(made, '', {
      ome: '0.5',
      axes,
      scale: [1, ...NM],
      levels: [{ ...array, dtype: 'uint8', valueAt: timeOf }],
    });
    putGroup(made, 'labels', '0.5', { labels: ['ids'] });
    await putImage(made, 'labels/ids', {
      ome: '0.5',
      axes,
      scale: [1, ...NM],
      levels: [{ ...array, dtype: 'uint64', valueAt: (at) => 2n ** 62n + BigInt(timeOf(at)) }],
    });
    const address = await under.serve(made);
    await under.start('cpu');
    image = volumeLayer(await engine.open(address));
    const ids = await engine.openLayer({ stored: 'ids' }, {});
    const first = await engine.openLayer(address, { select: { t: 1 } });
    engine.setDisplay(displayOf(image, ids, first));
    await engine.attachView('xy', asCanvas(new TestCanvas()));
    engine.setView('xy', { ...LOOK, centerZyx: [2, 3, 4], nmPerPixel: 1 });
    const seen = async () => {
      await engine.settled();
      const { value, layers } = await engine.probe([1, 2, 3]);
      return [value, ...layers.map((layer) => layer.value)];
    };
    expect(await seen()).toEqual([0, 1, String(2n ** 62n)]);
    await engine.selectAxes({ t: 1 });
    expect(await seen()).toEqual([1, 1, String(2n ** 62n + 1n)]);
  });
});
