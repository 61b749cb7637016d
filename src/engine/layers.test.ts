import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Zyx } from '../core/vec';
import type { Fault } from '../volume/testing/file-server';
import type { Engine } from './engine';
import { type Layer, segmentsLayer, volumeLayer } from './protocol';
import type { ReferenceLayer } from './slices/reference';
import { displayOf, LOOK, TestEngine, unreadOf, wholeLevel } from './testing-engine';
import {
  boundsOf,
  CUT_SHAPE,
  layeredFiles,
  levelAt,
  NM,
  ORIGIN_NM,
  OTHER_SHAPES,
  otherAt,
  SHAPE,
  truthAt,
  twins,
  wideAt,
} from './testing-layered-volume';

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
  url = await under.serve(await layeredFiles(), fault);
  await under.start('cpu');
  image = volumeLayer(await engine.open(url));
  await under.attachViews(LOOK);
}

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

  it('are fetched from their host with the volume, eight chunks at a time in all', async () => {
    let isHanging = false;
    const hung: string[] = [];
    url = await under.serve(await layeredFiles(), (key) => {
      if (!isHanging) return undefined;
      hung.push(key);
      return { hang: true };
    });
    await under.start('cpu');
    image = volumeLayer(await engine.open(url));
    const { other, cut } = await openAll();
    isHanging = true;
    engine.setDisplay(displayOf(image, other, cut));
    await under.attachViews(LOOK);
    await expect.poll(() => hung.length).toBe(8);
    // None comes after these while they are under way.
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(new Set(hung).size).toBe(8);
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
    await expect.poll(() => unreadOf(under.events)).toMatchObject([{ bricks: 1 }]);
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

  it('can be called off while they are opened, and so can a volume; what is open stays', async () => {
    let hung = 0;
    await open((key) => {
      if (key !== '/other/s1/zarr.json') return undefined;
      hung++;
      return { hang: true };
    });
    for (const begin of [
      () => engine.openLayer(`${url}/other`, {}, { job: 7 }),
      () => engine.open(`${url}/other`, {}, 7),
    ]) {
      const before = hung;
      const rejected = expect(begin()).rejects.toMatchObject({ name: 'AbortError' });
      await expect.poll(() => hung).toBe(before + 1);
      engine.cancel(7);
      await rejected;
    }
    const { id } = await engine.openLayer(`${url}/bare`, {}, { job: 8 });
    // What is done can no longer be called off.
    engine.cancel(8);
    await engine.closeLayer(id);
    engine.setDisplay(displayOf(image));
    await engine.settled();
    expect(differences(twins.image())).toEqual(SAME);
  });

  it('are gone when another volume is opened, and those under way are called off', async () => {
    await open((key) => (key === '/other/s1/zarr.json' ? { hang: true } : undefined));
    const under = engine.openLayer(`${url}/other`, {});
    const rejected = expect(under).rejects.toMatchObject({ name: 'AbortError' });
    await engine.open(url);
    await rejected;
  });
});
