import { z } from 'zod';
import { type Box, contains, isEmpty } from '../core/box';
import { FloodlightError } from '../core/errors';
import { volumeOf, type Zyx } from '../core/vec';
import type { ImageFilter } from '../normalize/filter';
import { block, ffnParams } from '../segment/ffn/params';
import { connectivity, floodFillParams, storedValue } from '../segment/flood-fill/params';
import { type Budgets, LEAST_BUDGETS, MOST_BUDGETS } from './budgets';
import type { Steering } from './protocol';

const voxel = z.tuple([z.int(), z.int(), z.int()]).readonly();
const size = z.int().min(1);

const box = z.object({ originZyx: voxel, shapeZyx: z.tuple([size, size, size]).readonly() });

const floodFill = z.object({
  algorithm: z.literal('flood-fill'),
  seedZyx: voxel,
  params: floodFillParams,
  box: box.optional(),
  voxelLimit: z.int().min(1).optional(),
});

const ffn = z.object({
  algorithm: z.literal('ffn'),
  seedZyx: voxel,
  params: ffnParams,
  box: box.optional(),
  moreSeedsZyx: z.array(voxel).max(255).readonly().default([]),
  regrow: z.int().min(1).optional(),
});

const volume = z.strictObject({
  algorithm: z.literal('ffn'),
  params: ffnParams.refine(({ seedsZyx, blocks }) => seedsZyx.length + blocks.length === 0, {
    message: 'a volume has no seeds and blocks of its own',
  }),
  box: box.optional(),
  subvolumeEdge: z.int().min(32).max(1024).optional(),
  overlap: z.int().min(0).max(512).default(64),
  restart: z.boolean().default(false),
});

/** A segmentation of a volume, with all that was left out. */
export type CheckedVolume = z.output<typeof volume>;

/** A segmentation of a volume as it may be run; BAD_PARAMETERS with what is wrong. */
export function checkVolume(value: unknown, shapeZyx: Zyx): CheckedVolume {
  const parsed = volume.safeParse(value);
  if (!parsed.success) {
    const reason = z.prettifyError(parsed.error);
    throw new FloodlightError('BAD_PARAMETERS', { what: 'Segmentation of a volume', reason });
  }
  if (parsed.data.box) checkInside(parsed.data.box, shapeZyx);
  return parsed.data;
}

const request = z.discriminatedUnion('algorithm', [floodFill, ffn]);

export type CheckedFloodFill = z.output<typeof floodFill>;
export type CheckedFfn = z.output<typeof ffn>;
export type CheckedRequest = CheckedFloodFill | CheckedFfn;

/** A segmentation request as it may be run; BAD_PARAMETERS with what is wrong, or OUTSIDE_VOLUME. */
export function checkRequest(value: unknown, shapeZyx: Zyx): CheckedRequest {
  const parsed = request.safeParse(value);
  if (!parsed.success) {
    throw new FloodlightError('BAD_PARAMETERS', {
      what: 'Segmentation request',
      reason: z.prettifyError(parsed.error),
    });
  }
  checkVoxel(parsed.data.seedZyx, shapeZyx);
  return parsed.data;
}

const steering = z.union([z.strictObject({ seedZyx: voxel }), z.strictObject({ block })]);

/** Steering as it may be done; BAD_PARAMETERS with what is wrong, or OUTSIDE_VOLUME. */
export function checkSteering(value: unknown, shapeZyx: Zyx): Steering {
  const parsed = steering.safeParse(value);
  if (!parsed.success) {
    const reason = z.prettifyError(parsed.error);
    throw new FloodlightError('BAD_PARAMETERS', { what: 'Steering', reason });
  }
  const { data } = parsed;
  checkVoxel('block' in data ? data.block.zyx : data.seedZyx, shapeZyx);
  return data;
}

const where = { connectivity: connectivity.default(26), box: box.optional() };
const components = z.union([
  z.strictObject({ ...where, layer: z.string() }),
  z.strictObject({ ...where, low: storedValue, high: storedValue }),
]);

/** What components are counted of, with all that was left out. */
export type CheckedComponents = z.output<typeof components>;

/** A count of components as it may be run, but for where its box lies; BAD_PARAMETERS with what is wrong. */
export function checkComponents(value: unknown): CheckedComponents {
  const parsed = components.safeParse(value);
  if (!parsed.success) {
    throw new FloodlightError('BAD_PARAMETERS', {
      what: 'Components',
      reason: z.prettifyError(parsed.error),
    });
  }
  return parsed.data;
}

const evaluation = z.strictObject({
  a: z.string(),
  b: z.string(),
  box: box.optional(),
  ignoreZeroTruth: z.boolean().default(true),
  ignoreZeroSegments: z.boolean().default(false),
});

/** A comparison of label layers, with all that was left out. */
export type CheckedEvaluation = z.output<typeof evaluation>;

/** A comparison of label layers as it may be run; BAD_PARAMETERS with what is wrong. */
export function checkEvaluation(value: unknown, shapeZyx: Zyx): CheckedEvaluation {
  const parsed = evaluation.safeParse(value);
  if (!parsed.success) {
    throw new FloodlightError('BAD_PARAMETERS', {
      what: 'Evaluation',
      reason: z.prettifyError(parsed.error),
    });
  }
  if (parsed.data.box) checkInside(parsed.data.box, shapeZyx);
  return parsed.data;
}

const filter = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('gaussian'), sigmaNm: z.number().positive().max(1e6) }),
  z.object({ kind: z.literal('clahe'), limit: z.number().gt(0).max(1) }),
]);

/** An image filter as it may be set; BAD_PARAMETERS with what is wrong. */
export function checkFilter(value: unknown): ImageFilter {
  const parsed = filter.safeParse(value);
  if (parsed.success) return parsed.data;
  const reason = z.prettifyError(parsed.error);
  throw new FloodlightError('BAD_PARAMETERS', { what: 'Image filter', reason });
}

const place = z.int().min(0);

/** Three numbers of which each is good. */
const triple = (isGood: (value: number) => boolean, message: string) =>
  z.custom<Zyx>(
    (value) =>
      Array.isArray(value) &&
      value.length === 3 &&
      value.every((part) => typeof part === 'number' && isGood(part)),
    message,
  );

const layerOptions = z.object({
  kind: z.enum(['image', 'labels']).optional(),
  voxelSizeNm: triple(
    (size) => size >= 1e-3 && size <= 1e9,
    'a voxel size is three lengths, each of 0.001 to 10⁹ nm',
  ).optional(),
  originNm: triple(
    (at) => Math.abs(at) <= 1e12,
    'an origin is three lengths, each of 10¹² nm at most',
  ).optional(),
  select: z.strictObject({ t: place.optional(), c: place.optional() }).optional(),
});

/** BAD_PARAMETERS unless a layer can be opened so. */
export function checkLayerOptions(value: unknown): void {
  const { error } = layerOptions.safeParse(value);
  if (!error) return;
  const reason = error.issues.map(({ message }) => message).join('; ');
  throw new FloodlightError('BAD_PARAMETERS', { what: 'Layer', reason });
}

const axisChoice = z.strictObject({
  t: place.nullable().optional(),
  c: place.nullable().optional(),
});

/** BAD_PARAMETERS unless it is a change of a layer's time and channel. */
export function checkAxisChoice(value: unknown): void {
  const { error } = axisChoice.safeParse(value);
  if (!error) return;
  const reason = z.prettifyError(error);
  throw new FloodlightError('BAD_PARAMETERS', { what: 'Time and channel', reason });
}

const budget = (of: keyof Budgets) =>
  z.number().min(LEAST_BUDGETS[of]).max(MOST_BUDGETS[of]).transform(Math.floor);
const budgets = z.strictObject({
  gpuBytes: budget('gpuBytes'),
  memoryBytes: budget('memoryBytes'),
  diskBytes: budget('diskBytes'),
});

/** Budgets as they may be set; BAD_PARAMETERS with what is wrong. */
export function checkBudgets(value: unknown): Budgets {
  const parsed = budgets.safeParse(value);
  if (parsed.success) return parsed.data;
  const reason = z.prettifyError(parsed.error);
  throw new FloodlightError('BAD_PARAMETERS', { what: 'Budgets', reason });
}

/** OUTSIDE_VOLUME unless the voxel is one of the volume's. */
export function checkVoxel(zyx: Zyx, shapeZyx: Zyx): void {
  if (!contains({ originZyx: [0, 0, 0], shapeZyx }, zyx)) {
    throw new FloodlightError('OUTSIDE_VOLUME', { zyx, shapeZyx });
  }
}

/** Voxels that one call may read: an array of 1 GiB of u32. */
const MOST_VOXELS = 2 ** 28;

/** BAD_PARAMETERS unless the box is of whole voxels, inside the shape. */
export function checkInside(box: Box, shapeZyx: Zyx): void {
  const whole = [...box.originZyx, ...box.shapeZyx].every(Number.isInteger);
  const outside = box.originZyx.some(
    (at, axis) => at < 0 || at + (box.shapeZyx[axis] ?? 0) > (shapeZyx[axis] ?? 0),
  );
  if (whole && !isEmpty(box) && !outside) return;
  throw new FloodlightError('BAD_PARAMETERS', {
    what: 'Box',
    reason: `it must be of whole voxels inside ${shapeZyx.join(' × ')}`,
  });
}

/** BAD_PARAMETERS unless the box is of whole voxels, inside the shape, and small enough to be read at once. */
export function checkBox(box: Box, shapeZyx: Zyx): void {
  checkInside(box, shapeZyx);
  if (volumeOf(box.shapeZyx) <= MOST_VOXELS) return;
  throw new FloodlightError('BAD_PARAMETERS', {
    what: 'Box',
    reason: 'it holds more than 2^28 voxels: read it in parts',
  });
}
