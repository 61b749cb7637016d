import { describe, expect, it } from 'vitest';
import type { Box } from '../../../core/box';
import { volumeOf, type Zyx } from '../../../core/vec';
import { CanvasStore } from '../canvas-store';
import { hasContext } from '../fov';
import { ffnParams, thresholdsOf } from '../params';
import { referenceSegment } from '../reference';
import { fakeNetwork, fieldsOf, tubes } from '../testing';
import { type SeedOutcome, segmentSubvolume } from './segment-subvolume';
import { FOREIGN, SubvolumeLabels } from './subvolume-labels';

const SHAPE: Zyx = [31, 29, 33];
const FIELD: Zyx = [9, 9, 9];
const DELTAS: Zyx = [2, 2, 2];
const box: Box = { originZyx: [0, 0, 0], shapeZyx: SHAPE };
const thresholds = thresholdsOf(ffnParams.parse({ model: 'fake' }), {
  padProbability: 0.05,
  moveThreshold: 0.9,
});
const { signal } = new AbortController();

/** Two tubes, so that objects meet. */
function twoTubes(seed: number): Float32Array {
  const other = tubes(SHAPE, seed + 100).toReversed();
  return tubes(SHAPE, seed).map((value, i) => Math.max(value, other[i] ?? 0));
}

/** Seeds all over, the same for a number; some at the border, some next to each other. */
const seedsOf = (count: number): Zyx[] =>
  Array.from({ length: count }, (_, i) => {
    const at = (i * 7919) % volumeOf(SHAPE);
    return [Math.floor(at / (29 * 33)), Math.floor(at / 33) % 29, at % 33] as Zyx;
  }).sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);

function setupOf(seeds: readonly Zyx[], labels = new SubvolumeLabels(box)) {
  return {
    labels,
    seeds,
    fieldOfViewZyx: FIELD,
    deltasZyx: DELTAS,
    thresholds,
    minSegmentSize: 60,
    minBoundaryDist: 1,
    store: new CanvasStore(2 ** 26),
  };
}

/** google/ffn's loop, line by line, on dense arrays. */
async function referenceLabels(
  image: Float32Array,
  seeds: readonly Zyx[],
  segmentation = new Uint32Array(volumeOf(SHAPE)),
): Promise<Uint32Array> {
  const at = ([z, y, x]: Zyx) => (z * SHAPE[1] + y) * SHAPE[2] + x;
  let id = 0;
  for (const seed of seeds) {
    const [z, y, x] = seed;
    if (!hasContext(seed, FIELD, box)) continue;
    let isNear = false;
    for (const dz of [-1, 0, 1])
      for (const dy of [-1, 0, 1])
        for (const dx of [-1, 0, 1])
          isNear ||= (segmentation[at([z + dz, y + dy, x + dx])] ?? 0) > 0;
    if (isNear) continue;
    const { mask, isWeak } = await referenceSegment({
      shapeZyx: SHAPE,
      startZyx: seed,
      fieldOfViewZyx: FIELD,
      deltasZyx: DELTAS,
      thresholds,
      image,
      segmentation,
      maxSteps: Number.POSITIVE_INFINITY,
      apply: (field, logits) => fakeNetwork(FIELD).apply(field, logits),
    });
    if (isWeak) continue;
    const own = [...mask.keys()].filter((i) => mask[i] && segmentation[i] === 0);
    if (own.length < 60) continue;
    id++;
    for (const i of own) segmentation[i] = id;
  }
  return segmentation;
}

const hooksOf = (image: Float32Array) => ({
  network: fakeNetwork(FIELD),
  image: fieldsOf(image, SHAPE, FIELD),
  signal,
  batch: 1,
});

/** Runs all, giving ids in order. */
async function run(image: Float32Array, seeds: readonly Zyx[], labels = new SubvolumeLabels(box)) {
  const outcomes: SeedOutcome[] = [];
  await segmentSubvolume(setupOf(seeds, labels), 0, {
    ...hooksOf(image),
    onSeed: () => {},
    onOutcome: (outcome) => {
      outcomes.push(outcome);
      const id = outcomes.filter(({ voxels }) => voxels > 0).length;
      if (outcome.voxels > 0) labels.take(id, outcome.runs);
    },
  });
  return { labels, outcomes };
}

describe('segmentSubvolume', () => {
  it.each([3, 4, 5])(
    'gives what google/ffn’s loop gives, voxel by voxel: tubes %i',
    async (which) => {
      const image = twoTubes(which);
      const seeds = seedsOf(90);
      const { labels, outcomes } = await run(image, seeds);
      const expected = await referenceLabels(image, seeds);
      expect(labels.data).toEqual(expected);
      expect(Math.max(...expected)).toBeGreaterThan(0);
      for (const { voxels, runs } of outcomes)
        expect(runs.filter((_, i) => i % 2 === 1).reduce((sum, length) => sum + length, 0)).toBe(
          voxels,
        );
    },
  );

  it('leaves what others have to them', async () => {
    const image = twoTubes(3);
    const taken = new Uint32Array(volumeOf(SHAPE)).map((_, i) => (i % 33 < 16 ? FOREIGN : 0));
    const { labels } = await run(image, seedsOf(90), new SubvolumeLabels(box, taken.slice()));
    const expected = await referenceLabels(image, seedsOf(90), taken.slice());
    expect(labels.data).toEqual(expected);
  });

  it('goes on from a seed as if it had never stopped', async () => {
    const image = twoTubes(4);
    const seeds = seedsOf(90);
    const { labels: whole } = await run(image, seeds);
    const labels = new SubvolumeLabels(box);
    let [next, id] = [0, 0];
    const stops = new Set([20, 40, 41, 80]);
    while (next < seeds.length) {
      await segmentSubvolume(setupOf(seeds, labels), next, {
        ...hooksOf(image),
        onSeed: (seed) => {
          next = seed;
          if (stops.delete(seed)) throw new Error('stop');
        },
        onOutcome: ({ runs, voxels }) => {
          if (voxels > 0) labels.take(++id, runs);
        },
      }).then(
        () => {
          next = seeds.length;
        },
        (error) => expect(error.message).toBe('stop'),
      );
    }
    expect(labels.data).toEqual(whole.data);
  });

  it('reads boxes of labels as voxel by voxel, in a subvolume that begins anywhere', () => {
    const labels = new SubvolumeLabels({ originZyx: [5, 6, 7], shapeZyx: [3, 4, 5] });
    labels.take(9, Uint32Array.of(1, 3, 22, 1));
    expect(labels.isTaken([5, 6, 8])).toBe(true);
    expect(labels.isTaken([6, 6, 9])).toBe(true);
    expect(labels.isTaken([5, 6, 7])).toBe(false);
    expect(labels.isTakenNear([5, 7, 7], 1)).toBe(true);
    expect(labels.isTakenNear([7, 9, 7], 1)).toBe(false);
    expect([...labels.read({ originZyx: [5, 6, 9], shapeZyx: [2, 1, 2] })]).toEqual([9, 9, 9, 0]);
  });
});
