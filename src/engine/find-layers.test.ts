import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Zyx } from '../core/vec';
import { testThreads } from '../segment/cpu/testing';
import type { Engine } from './engine';
import { TestEngine } from './testing-engine';
import {
  CUT_SHAPE,
  layeredFiles,
  OTHER_SHAPES,
  otherAt,
  SHAPE,
  truthAt,
  wideAt,
} from './testing-layered-volume';

let under: TestEngine;
let engine: Engine;
let url: string;

beforeEach(async () => {
  under = new TestEngine({ startThreads: () => testThreads(2) });
  ({ engine } = under);
  url = await under.serve(await layeredFiles());
  await under.start('cpu');
  await engine.open(url);
});
afterEach(() => under.end());

/** Two voxels of a row. */
const at = (originZyx: Zyx) => ({ originZyx, shapeZyx: [1, 1, 2] }) as const;
const indexOf = ([, height, width]: Zyx, [z, y, x]: Zyx) => (z * height + y) * width + x;

describe('added layers', () => {
  it('are read by their ids in their own voxels, at each level', async () => {
    const cut = await engine.openLayer(`${url}/cut`, {});
    const other = await engine.openLayer(`${url}/other`, {});
    const inCut = indexOf(CUT_SHAPE, [7, 8, 9]);
    const ids = await engine.readStoredLabels(cut.id, at([7, 8, 9]), 0);
    expect([...(ids.data as BigUint64Array)]).toEqual([wideAt(inCut), wideAt(inCut + 1)]);
    for (const level of [0, 1]) {
      const first = indexOf(OTHER_SHAPES[level] ?? SHAPE, [3, 5, 7]);
      const values = await engine.readImage(at([3, 5, 7]), level, other.id);
      expect(values.dtype).toBe('uint16');
      expect([...(values.data as Uint16Array)]).toEqual([otherAt(first), otherAt(first + 1)]);
    }
    expect(await engine.readImage(at([3, 5, 7]), 0, 'volume')).toEqual(
      await engine.readImage(at([3, 5, 7]), 0),
    );
    // Labels stored with the volume go by their name, whether they are a layer or not, and by its id.
    const truth = indexOf(SHAPE, [3, 20, 30]);
    const shown = await engine.openLayer({ stored: 'truth' }, {});
    for (const name of ['truth', shown.id])
      expect([...(await engine.readStoredLabels(name, at([3, 20, 30]), 0)).data]).toEqual([
        truthAt(truth),
        truthAt(truth + 1),
      ]);
  });

  it('have their components counted: all of them, or in a box of the volume’s voxels', async () => {
    const cut = await engine.openLayer(`${url}/cut`, {});
    const other = await engine.openLayer(`${url}/other`, { kind: 'labels' });
    const whole = await engine.components(1, { layer: cut.id });
    const all = Array.from({ length: CUT_SHAPE[0] * CUT_SHAPE[1] * CUT_SHAPE[2] }, (_, i) => i);
    expect(whole.voxels).toBe(all.filter((index) => wideAt(index) !== 0n).length);
    expect((await engine.components(2, { layer: other.id })).voxels).toBe(24 * 36 * 62);
    // Its first voxel is that of the volume at 10, 10, 10.
    const box = { originZyx: [12, 13, 10], shapeZyx: [1, 1, 60] } as const;
    const row = indexOf(CUT_SHAPE, [2, 3, 0]);
    const inRow = all.slice(row, row + 60).filter((index) => wideAt(index) !== 0n);
    expect(await engine.components(3, { layer: cut.id, box })).toMatchObject({
      voxels: inRow.length,
    });
    for (const query of [
      { layer: cut.id, box: { ...box, originZyx: [9, 13, 10] } },
      { layer: cut.id, box: { ...box, shapeZyx: [1, 1, 61] } },
      { layer: other.id, box },
    ] as const)
      await expect(engine.components(4, query)).rejects.toMatchObject({ code: 'BAD_PARAMETERS' });
  });

  it('that are not there, or of another kind, are refused', async () => {
    const cut = await engine.openLayer(`${url}/cut`, {});
    const other = await engine.openLayer(`${url}/other`, {});
    await expect(engine.readStoredLabels('nothing', at([0, 0, 0]), 0)).rejects.toMatchObject({
      code: 'UNKNOWN_LABEL_LAYER',
      fields: { layers: [cut.id, 'truth'] },
    });
    await expect(engine.components(1, { layer: 'segments' })).rejects.toMatchObject({
      code: 'UNKNOWN_LABEL_LAYER',
    });
    for (const refused of [
      engine.readStoredLabels(other.id, at([0, 0, 0]), 0),
      engine.readStoredLabels(cut.id, at([0, 0, 0]), 1),
      engine.components(2, { layer: other.id }),
      engine.readImage(at([0, 0, 0]), 0, cut.id),
      engine.readImage(at([0, 0, 0]), 0, 'nothing'),
    ])
      await expect(refused).rejects.toMatchObject({ code: 'BAD_PARAMETERS' });
    await engine.closeLayer(cut.id);
    await expect(engine.readStoredLabels(cut.id, at([0, 0, 0]), 0)).rejects.toMatchObject({
      code: 'UNKNOWN_LABEL_LAYER',
    });
  });
});
