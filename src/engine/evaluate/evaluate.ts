import { type Box, boxBetween, boxEnd, intersect, isEmpty } from '../../core/box';
import { BRICK_EDGE } from '../../core/brick';
import type { VoxelArray } from '../../core/dtype';
import { FloodlightError } from '../../core/errors';
import { add, volumeOf } from '../../core/vec';
import { LabelComparison, type SegmentFaults } from '../../metrics/label-comparison';
import { yieldToEvents } from '../../segment/cpu/yield';
import type { CheckedEvaluation } from '../request';
import { priorityOf } from '../scheduler/priority';
import type { Scheduler } from '../scheduler/scheduler';
import { type LabelSources, type PlacedLabels, placedLabels } from './placed-labels';
import type { Evaluation, EvaluationFaults, EvaluationProgress } from './types';

/** What is read at once: bricks in a row along x, where labels run on. */
const PART_BRICKS_X = 4;
/** Parts that are read ahead of the one that is counted. */
const PARTS_AHEAD = 4;
/** How long voxels are counted at a stretch; then messages are read, and slices drawn. */
const STRETCH_MILLISECONDS = 8;
const PROGRESS_MILLISECONDS = 100;
const MOST = { mostFaults: 1000, mostPieces: 16 };

export interface EvaluationSurroundings {
  readonly scheduler: Scheduler;
  /** What the tables of labels and pairs may take in memory. */
  readonly budgetBytes: number;
  readonly signal: AbortSignal;
  onProgress(progress: EvaluationProgress): void;
}

/** Boxes of whole bricks that cover a box, each cut to it, in z, y, x order. */
function* partsOf(box: Box): Generator<Box> {
  const [endZ, endY, endX] = boxEnd(box);
  const stepX = PART_BRICKS_X * BRICK_EDGE;
  const [fromZ, fromY, fromX] = box.originZyx;
  const down = (at: number, step: number) => Math.floor(at / step) * step;
  for (let z = down(fromZ, BRICK_EDGE); z < endZ; z += BRICK_EDGE)
    for (let y = down(fromY, BRICK_EDGE); y < endY; y += BRICK_EDGE)
      for (let x = down(fromX, stepX); x < endX; x += stepX)
        yield intersect(
          box,
          boxBetween([z, y, x], add([z, y, x], [BRICK_EDGE, BRICK_EDGE, stepX])),
        );
}

/** What both layers cover, or the box where they do; BAD_PARAMETERS where they do not. */
function comparedBox(a: PlacedLabels, b: PlacedLabels, wanted: Box | undefined): Box {
  const common = intersect(a.box, b.box);
  const box = wanted ? intersect(common, wanted) : common;
  const isWhole = !wanted || volumeOf(box.shapeZyx) === volumeOf(wanted.shapeZyx);
  if (isWhole && !isEmpty(box)) return box;
  throw new FloodlightError('BAD_PARAMETERS', {
    what: 'Evaluation',
    reason: isEmpty(common)
      ? 'the two layers have no voxel in common'
      : `the two layers cover together only ${common.shapeZyx.join(' × ')} voxels from ${common.originZyx.join(', ')} on (z, y, x), and the box reaches past them`,
  });
}

/** Tells of progress now and then, and lets other work in. */
function pace(voxelsTotal: number, onProgress: (progress: EvaluationProgress) => void) {
  const start = performance.now();
  let [rested, told, voxels] = [start, start, 0];
  return async (counted: number) => {
    voxels += counted;
    const now = performance.now();
    if (now - told >= PROGRESS_MILLISECONDS || voxels === voxelsTotal) {
      told = now;
      const milliseconds = now - start;
      const remainingMilliseconds = (milliseconds / voxels) * (voxelsTotal - voxels);
      onProgress({ voxels, voxelsTotal, milliseconds, remainingMilliseconds });
    }
    if (now - rested < STRETCH_MILLISECONDS) return;
    await yieldToEvents();
    rested = performance.now();
  };
}

/** Counts a part plane by plane. */
async function count(
  comparison: LabelComparison,
  [first, second]: readonly [VoxelArray, VoxelArray],
  { originZyx: [z, y, x], shapeZyx: [sizeZ, sizeY, sizeX] }: Box,
  rest: (voxels: number) => Promise<void>,
): Promise<void> {
  const voxels = sizeY * sizeX;
  for (let plane = 0; plane < sizeZ; plane++) {
    const [from, end] = [plane * voxels, (plane + 1) * voxels];
    const box: Box = { originZyx: [z + plane, y, x], shapeZyx: [1, sizeY, sizeX] };
    comparison.add(first.subarray(from, end), second.subarray(from, end), box);
    await rest(voxels);
  }
}

async function compare(
  a: PlacedLabels,
  b: PlacedLabels,
  box: Box,
  { scheduler, budgetBytes, signal, onProgress }: EvaluationSurroundings,
): Promise<LabelComparison> {
  const comparison = new LabelComparison(box);
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  let order = 0;
  const read = (part: Box) => {
    const priority = priorityOf('frontier', order++);
    const one = ({ read }: PlacedLabels) =>
      scheduler.run(priority, either, async (own) => read(part, own));
    const both = Promise.all([one(a), one(b)]);
    // Whoever waits for it is told; until then nobody does.
    both.catch(() => {});
    return { part, both };
  };
  const rest = pace(volumeOf(box.shapeZyx), onProgress);
  const parts = partsOf(box);
  const ahead: ReturnType<typeof read>[] = [];
  const readOn = () => {
    const { value: part } = parts.next();
    if (part) ahead.push(read(part));
  };
  for (let i = 0; i < PARTS_AHEAD; i++) readOn();
  try {
    for (let next = ahead.shift(); next; next = ahead.shift()) {
      const labels = await next.both;
      readOn();
      await count(comparison, labels, next.part, async (voxels) => {
        await rest(voxels);
        signal.throwIfAborted();
      });
      if (comparison.bytes > budgetBytes)
        throw new FloodlightError('BUDGET_EXCEEDED', {
          what: 'Counting which labels meet',
          neededBytes: comparison.bytes,
          budgetBytes,
          advice: 'Compare a smaller box, or raise the budget of memory',
        });
    }
  } finally {
    failed.abort();
  }
  return comparison;
}

const faultsOf = (
  { total, faults }: SegmentFaults,
  isSigned: boolean,
  isOtherSigned: boolean,
): EvaluationFaults => ({
  total,
  faults: faults.map(({ id, pieces, ...fault }) => ({
    ...fault,
    id: digitsOf(id, isSigned),
    pieces: pieces.map((piece) => ({ ...piece, id: digitsOf(piece.id, isOtherSigned) })),
  })),
});

const digitsOf = (id: bigint, isSigned: boolean): string =>
  String(isSigned ? BigInt.asIntN(64, id) : id);

/**
 * Compares two label layers voxel by voxel at the finest level, in memory that grows with the pairs of labels that meet alone.
 * Rejects as `placedLabels` and reading do, with BAD_PARAMETERS where they do not cover the box, BUDGET_EXCEEDED, or an AbortError:
 * what cannot be read is never left out.
 */
export async function evaluate(
  sources: LabelSources,
  query: CheckedEvaluation,
  around: EvaluationSurroundings,
): Promise<Evaluation> {
  const started = performance.now();
  const { a, b, box: wanted, ...counted } = query;
  const first = await placedLabels(a, sources, around.signal);
  try {
    const second = await placedLabels(b, sources, around.signal);
    try {
      const box = comparedBox(first, second, wanted);
      const comparison = await compare(first, second, box, around);
      const { merges, splits, ...scores } = comparison.result(counted, MOST);
      return {
        ...scores,
        ...{ a, b, box },
        merges: faultsOf(merges, first.isSigned, second.isSigned),
        splits: faultsOf(splits, second.isSigned, first.isSigned),
        milliseconds: performance.now() - started,
      };
    } finally {
      second.release();
    }
  } finally {
    first.release();
  }
}
