import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Box } from '../../core/box';
import type { Zyx } from '../../core/vec';
import { LabelComparison } from '../../metrics/label-comparison';
import { openVolume } from '../../volume/open-volume';
import type { Files } from '../../volume/testing/array-files';
import type { Fault } from '../../volume/testing/file-server';
import { putGroup, putImage } from '../../volume/testing/multiscale-files';
import type { Engine } from '../engine';
import { LabelStore } from '../label-store';
import type { EngineEvent, EvaluationQuery } from '../protocol';
import { checkEvaluation } from '../request';
import { Scheduler } from '../scheduler/scheduler';
import { TestEngine } from '../testing-engine';
import { evaluate } from './evaluate';

const SHAPE: Zyx = [20, 70, 270];
const WHOLE: Box = { originZyx: [0, 0, 0], shapeZyx: SHAPE };
const NM: Zyx = [8, 4, 4];
/** A cut of the volume, from 5, 6, 7 on. */
const CUT: Box = { originZyx: [5, 6, 7], shapeZyx: [12, 40, 60] };

const valueAt = (index: number) => (index * 7919) % 251;
const truthAt = (index: number) => Math.floor(index / 11) % 6;
/** Ids that no double holds, and zeros. */
const wideAt = (index: number) => {
  const id = Math.floor(index / 9) % 5;
  return id === 0 ? 0n : 2n ** 63n + BigInt(id);
};
const negativeAt = (index: number) => -1 - (Math.floor(index / 9) % 3);

async function files(): Promise<Files> {
  const made: Files = new Map();
  const labels = { shape: SHAPE, chunks: [32, 32, 64] };
  await putImage(made, '', {
    ome: '0.4',
    scale: NM,
    translation: [0, 0, 0],
    levels: [{ dtype: 'uint8', shape: SHAPE, chunks: [32, 64, 64], valueAt }],
  });
  putGroup(made, 'labels', '0.4', { labels: ['truth', 'wide', 'negative'] });
  for (const [name, level] of [
    ['truth', { dtype: 'uint32', ...labels, valueAt: truthAt }],
    ['wide', { dtype: 'uint64', ...labels, valueAt: wideAt }],
    ['negative', { dtype: 'int16', ...labels, valueAt: negativeAt }],
  ] as const)
    await putImage(made, `labels/${name}`, {
      ome: '0.4',
      scale: NM,
      translation: [0, 0, 0],
      levels: [level],
    });
  const chunks = [12, 40, 32];
  const cut = { dtype: 'uint64', shape: CUT.shapeZyx, chunks, valueAt: wideAt } as const;
  for (const [name, translation] of [
    ['cut', [40, 24, 28]],
    ['shifted by half a voxel', [40, 24, 30]],
    ['far away', [4000, 24, 28]],
  ] as const)
    await putImage(made, name, {
      ome: '0.5',
      scale: NM,
      translation,
      levels: [cut],
    });
  return made;
}

let under: TestEngine;
let engine: Engine;
let events: readonly EngineEvent[];
let url: string;
let job = 0;

beforeEach(() => {
  under = new TestEngine();
  ({ engine, events } = under);
});
afterEach(() => under.end());

async function open(fault?: (key: string) => Fault | undefined): Promise<void> {
  url = await under.serve(await files(), fault);
  await under.start('cpu');
  await engine.open(url);
}

const run = (query: EvaluationQuery) => engine.evaluate(++job, query);

/** What a comparison of these voxels gives, in one go. */
function expected(
  [a, b]: readonly [ArrayLike<number | bigint>, ArrayLike<number | bigint>],
  box: Box,
  counted = { ignoreZeroTruth: true, ignoreZeroSegments: false },
) {
  const comparison = new LabelComparison(box);
  const wide = (labels: ArrayLike<number | bigint>) =>
    BigInt64Array.from(Array.from(labels, (label) => BigInt.asIntN(64, BigInt(label))));
  comparison.add(wide(a), wide(b), box);
  const { merges, splits, ...scores } = comparison.result(counted, {
    mostFaults: 1000,
    mostPieces: 16,
  });
  return { scores, merges: merges.total, splits: splits.total };
}

describe('evaluate', () => {
  it('compares stored labels in parts as in one go, and tells how far it is', async () => {
    await open();
    const result = await run({ a: 'wide', b: 'truth' });
    const box = WHOLE;
    const [{ data: a }, { data: b }] = await Promise.all([
      engine.readStoredLabels('wide', box, 0),
      engine.readStoredLabels('truth', box, 0),
    ]);
    const { scores, merges, splits } = expected([a, b], box);
    expect(result).toMatchObject({ ...scores, a: 'wide', b: 'truth', box });
    expect([result.merges.total, result.splits.total]).toEqual([merges, splits]);
    // Ids to the last digit, and voxels that have them.
    for (const { id, pieces } of result.merges.faults)
      for (const piece of pieces) {
        const one: Box = { originZyx: piece.voxelZyx, shapeZyx: [1, 1, 1] };
        const [inA, inB] = await Promise.all([
          engine.readStoredLabels('wide', one, 0),
          engine.readStoredLabels('truth', one, 0),
        ]);
        expect([String(inA.data[0]), String(inB.data[0])]).toEqual([id, piece.id]);
      }
    const progress = events.flatMap((event) => (event.type === 'evaluating' ? event : []));
    const total = SHAPE[0] * SHAPE[1] * SHAPE[2];
    expect(progress.at(-1)).toMatchObject({
      job,
      progress: { voxels: total, voxelsTotal: total, remainingMilliseconds: 0 },
    });
  });

  it('compares within a box, with and without what is zero', async () => {
    await open();
    const box: Box = { originZyx: [3, 2, 61], shapeZyx: [17, 66, 130] };
    const [{ data: a }, { data: b }] = await Promise.all([
      engine.readStoredLabels('truth', box, 0),
      engine.readStoredLabels('wide', box, 0),
    ]);
    for (const counted of [
      { ignoreZeroTruth: false, ignoreZeroSegments: false },
      { ignoreZeroTruth: true, ignoreZeroSegments: true },
    ]) {
      const { scores } = expected([a, b], box, counted);
      expect(await run({ a: 'truth', b: 'wide', box, ...counted })).toMatchObject(scores);
    }
  });

  it('compares a layer that begins elsewhere where both are, and names it by its id', async () => {
    await open();
    const { id } = await engine.openLayer(`${url}/cut`, {});
    const result = await run({ a: id, b: 'truth' });
    expect(result.box).toEqual(CUT);
    const { data: truth } = await engine.readStoredLabels('truth', CUT, 0);
    const cut = Array.from({ length: truth.length }, (_, i) => wideAt(i));
    const { scores } = expected([cut, truth], CUT);
    expect(result).toMatchObject(scores);
  });

  it('compares the segmentation as it is at the call', async () => {
    await open();
    const fill = await engine.segment(1, {
      algorithm: 'flood-fill',
      seedZyx: [12, 30, 100],
      params: { low: 0, high: 255, connectivity: 6 },
      box: { originZyx: [10, 10, 10], shapeZyx: [10, 50, 200] },
    });
    const { data: a } = await engine.readLabels(WHOLE);
    const { data: b } = await engine.readStoredLabels('truth', WHOLE, 0);
    const running = run({ a: 'segments', b: 'truth' });
    await engine.remove(fill.id);
    const result = await running;
    const { scores } = expected([a, b], WHOLE);
    expect(result).toMatchObject(scores);
    expect(result.merges.faults.map(({ id }) => id)).toEqual([String(fill.id)]);
  });

  it('tells negative ids as they are stored', async () => {
    await open();
    const { merges } = await run({ a: 'negative', b: 'truth' });
    expect(merges.faults.map(({ id }) => id).sort()).toEqual(['-1', '-2', '-3']);
  });

  it('ends with an abort when it is cancelled, or another volume is opened', async () => {
    await open();
    const cancelled = run({ a: 'wide', b: 'truth' });
    engine.cancel(job);
    await expect(cancelled).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    const other = run({ a: 'segments', b: 'truth' });
    const opened = engine.open(url);
    await expect(other).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    await opened;
    expect(await run({ a: 'truth', b: 'truth' })).toMatchObject({ viSplit: 0, viMerge: 0 });
  });

  it('refuses what cannot be compared', async () => {
    await open();
    const codeOf = (query: unknown) =>
      run(query as EvaluationQuery).then(
        () => undefined,
        (error) => error.code,
      );
    expect(await codeOf({ a: 'nothing', b: 'truth' })).toBe('UNKNOWN_LABEL_LAYER');
    expect(await codeOf({ a: 'truth', b: 'nothing' })).toBe('UNKNOWN_LABEL_LAYER');
    expect(await codeOf({ a: 'truth' })).toBe('BAD_PARAMETERS');
    expect(await codeOf({ a: 'truth', b: 'wide', ignoreZero: true })).toBe('BAD_PARAMETERS');
    const past: Box = { originZyx: [0, 0, 1], shapeZyx: SHAPE };
    expect(await codeOf({ a: 'truth', b: 'wide', box: past })).toBe('BAD_PARAMETERS');
    const image = await engine.openLayer(url, {});
    expect(await codeOf({ a: image.id, b: 'truth' })).toBe('BAD_PARAMETERS');
    for (const name of ['shifted by half a voxel', 'far away']) {
      const { id } = await engine.openLayer(`${url}/${name}`, {});
      expect(await codeOf({ a: id, b: 'truth' }), name).toBe('BAD_PARAMETERS');
    }
    const cut = await engine.openLayer(`${url}/cut`, {});
    expect(await codeOf({ a: cut.id, b: 'truth', box: WHOLE })).toBe('BAD_PARAMETERS');
  });

  it('fails where a part cannot be read: nothing is left out', async () => {
    await open((key) => (/^\/labels\/wide\/s0\/0.1/.test(key) ? { status: 403 } : undefined));
    await expect(run({ a: 'wide', b: 'truth' })).rejects.toMatchObject({ code: 'HTTP_STATUS' });
  });

  it('ends where more labels meet than the budget has room for', async () => {
    await open();
    const volume = await openVolume(url);
    const query = checkEvaluation({ a: 'wide', b: 'truth' }, SHAPE);
    const around = {
      scheduler: new Scheduler(),
      budgetBytes: 1000,
      signal: new AbortController().signal,
      onProgress: () => {},
    };
    const sources = { volume, layers: [], labels: new LabelStore() };
    await expect(evaluate(sources, query, around)).rejects.toMatchObject({
      code: 'BUDGET_EXCEEDED',
      fields: { budgetBytes: 1000 },
    });
  });
});
