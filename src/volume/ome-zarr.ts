import { z } from 'zod';
import type { Zyx } from '../core/vec';
import type { LevelTransform } from './model';
import { badMetadata, parseWith } from './parse';
import { nanometresOf } from './units';

/** Where a level's voxels lie: the size of one, and the centre of voxel (0, 0, 0). */
export interface Placement {
  readonly voxelSizeNm: Zyx;
  readonly originNm: Zyx;
}

/** The indices of z, y and x among an array's axes. */
export type SpatialAxes = Zyx;

export interface Dataset extends Placement {
  /** Below the multiscale's folder, without leading or trailing slashes. */
  readonly path: string;
}

/** A multiscale image with three spatial axes; datasets from the finest on. */
export interface Multiscale {
  readonly name: string | undefined;
  readonly rank: number;
  readonly axes: SpatialAxes;
  readonly datasets: readonly Dataset[];
}

const MAXIMUM_LEVELS = 32;

const transformationSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('identity') }),
  z.object({ type: z.literal('scale'), scale: z.array(z.number()) }),
  z.object({ type: z.literal('translation'), translation: z.array(z.number()) }),
]);
type Transformation = z.infer<typeof transformationSchema>;

const versionSchema = z
  .string()
  .regex(/^0\.[45]/, 'only the OME-Zarr versions 0.4 and 0.5 can be opened')
  .optional();

const axisSchema = z.object({
  name: z.string(),
  type: z.string().optional(),
  unit: z.string().nullish(),
});
type Axis = z.infer<typeof axisSchema>;

const multiscaleSchema = z.object({
  name: z.string().nullish().catch(undefined),
  version: versionSchema,
  axes: z.array(axisSchema).min(2).max(5),
  datasets: z
    .array(z.object({ path: z.string(), coordinateTransformations: z.array(transformationSchema) }))
    .min(1)
    .max(MAXIMUM_LEVELS),
  coordinateTransformations: z.array(transformationSchema).optional(),
});

const imageSchema = z.object({
  version: versionSchema,
  multiscales: z.array(z.unknown()).min(1).optional(),
});

/** OME-Zarr 0.5 keeps its attributes below `ome`, 0.4 has them at the top. */
const omeOf = (attributes: unknown): unknown =>
  typeof attributes === 'object' && attributes !== null && 'ome' in attributes
    ? attributes.ome
    : (attributes ?? {});

/** A path below a folder without leading and trailing slashes; BAD_METADATA when it leads out of the folder. */
export function safePath(path: string, url: string): string {
  const segments = path.split('/').filter((segment) => segment !== '');
  const leadsOut = segments.some((segment) => /^\.\.?$|[\\]/.test(segment));
  if (leadsOut || segments.length === 0)
    throw badMetadata(url, `the path “${path}” does not name a folder below it`);
  return segments.join('/');
}

const isSpatial = (axis: Axis): boolean =>
  axis.type === undefined ? /^[zyx]$/i.test(axis.name) : axis.type === 'space';

/** Indices of the space axes, as z, y, x where they are called so, else in their stored order. */
function spatialAxesOf(axes: readonly Axis[]): number[] {
  const spatial = axes.flatMap((axis, index) => (isSpatial(axis) ? [index] : []));
  const named = ['z', 'y', 'x'].map((name) =>
    spatial.find((index) => axes[index]?.name.toLowerCase() === name),
  );
  const found = named.filter((index) => index !== undefined);
  return found.length === spatial.length ? found : spatial;
}

/** The scale and translation along one axis of transformations applied one after the other. */
function composeAlong(transformations: readonly Transformation[], axis: number) {
  let scale = 1;
  let translation = 0;
  for (const transformation of transformations) {
    if (transformation.type === 'translation')
      translation += transformation.translation[axis] ?? Number.NaN;
    if (transformation.type === 'scale') {
      const factor = transformation.scale[axis] ?? Number.NaN;
      scale *= factor;
      translation *= factor;
    }
  }
  return { scale, translation };
}

function checkRanks(transformations: readonly Transformation[], rank: number, url: string) {
  for (const transformation of transformations) {
    if (transformation.type === 'identity') continue;
    const values =
      transformation.type === 'scale' ? transformation.scale : transformation.translation;
    if (values.length !== rank)
      throw badMetadata(
        url,
        `a ${transformation.type} has ${values.length} values for ${rank} axes`,
      );
  }
}

function nanometresAlong(axis: Axis | undefined, url: string): number {
  const unit = axis?.unit ?? '';
  const factor = nanometresOf(unit);
  if (factor === undefined)
    throw badMetadata(url, `axis ${axis?.name} has the unknown unit “${unit}”`);
  return factor;
}

function placementOf(
  transformations: readonly Transformation[],
  axes: readonly Axis[],
  spatial: SpatialAxes,
  url: string,
): Placement {
  checkRanks(transformations, axes.length, url);
  if (!transformations.some(({ type }) => type === 'scale'))
    throw badMetadata(url, 'a dataset has no scale');
  const along = (index: number) => {
    const nanometres = nanometresAlong(axes[index], url);
    const { scale, translation } = composeAlong(transformations, index);
    const size = scale * nanometres;
    const origin = translation * nanometres;
    if (!(size > 0 && Number.isFinite(size) && Number.isFinite(origin)))
      throw badMetadata(
        url,
        `axis ${axes[index]?.name} has the scale ${scale} and the translation ${translation}; a scale must be above 0 and both finite`,
      );
    return { size, origin };
  };
  const [z, y, x] = [along(spatial[0]), along(spatial[1]), along(spatial[2])];
  return { voxelSizeNm: [z.size, y.size, x.size], originNm: [z.origin, y.origin, x.origin] };
}

/** One level relative to the finest, in continuous voxels (OME-Zarr's coordinates are those of voxel centres). */
export function relativeTransform(level: Placement, finest: Placement): LevelTransform {
  const scaleOf = (axis: 0 | 1 | 2) => level.voxelSizeNm[axis] / finest.voxelSizeNm[axis];
  const offsetOf = (axis: 0 | 1 | 2) =>
    0.5 +
    (level.originNm[axis] - finest.originNm[axis]) / finest.voxelSizeNm[axis] -
    0.5 * scaleOf(axis);
  return {
    scaleZyx: [scaleOf(0), scaleOf(1), scaleOf(2)],
    offsetZyx: [offsetOf(0), offsetOf(1), offsetOf(2)],
  };
}

/** Levels may keep the size on some axes, but never grow finer; the tolerance is for rounded metadata. */
function checkOrder(datasets: readonly Dataset[], url: string): void {
  datasets.slice(1).forEach((dataset, index) => {
    const finer = datasets[index];
    if (
      finer &&
      dataset.voxelSizeNm.some((size, axis) => size < 0.999 * (finer.voxelSizeNm[axis] ?? 0))
    )
      throw badMetadata(url, `level ${dataset.path} is finer than ${finer.path} before it`);
  });
}

/** A multiscale whose spatial axes are not three: what its first array is called, to tell its shape. */
export interface FlatMultiscale {
  readonly flatPath: string;
}

/**
 * The first multiscale of a group's attributes (OME-Zarr 0.4 or 0.5), lengths in nanometres; undefined where there is
 * none. BAD_METADATA for what contradicts itself or the specification. https://ngff.openmicroscopy.org/0.5/
 */
export function parseMultiscale(
  attributes: unknown,
  url: string,
): Multiscale | FlatMultiscale | undefined {
  const image = parseWith(imageSchema, omeOf(attributes), url);
  if (!image.multiscales) return undefined;
  const multiscale = parseWith(multiscaleSchema, image.multiscales[0], url);
  const { axes } = multiscale;
  const datasets = multiscale.datasets.map((dataset) => ({
    path: safePath(dataset.path, url),
    transformations: [
      ...dataset.coordinateTransformations,
      ...(multiscale.coordinateTransformations ?? []),
    ],
  }));
  const [z, y, x, ...more] = spatialAxesOf(axes);
  if (z === undefined || y === undefined || x === undefined || more.length > 0)
    return { flatPath: datasets[0]?.path ?? '' };
  const placed = datasets.map(({ path, transformations }) => ({
    path,
    ...placementOf(transformations, axes, [z, y, x], url),
  }));
  checkOrder(placed, url);
  return {
    name: multiscale.name ?? undefined,
    rank: axes.length,
    axes: [z, y, x],
    datasets: placed,
  };
}

const windowSchema = z.object({
  omero: z.object({
    channels: z.tuple(
      [z.object({ window: z.object({ start: z.number(), end: z.number() }) })],
      z.unknown(),
    ),
  }),
});

/** The omero window of channel 0; undefined where there is none that makes sense: it is only a hint. */
export function parseWindow(attributes: unknown): readonly [number, number] | undefined {
  const result = windowSchema.safeParse(omeOf(attributes));
  if (!result.success) return undefined;
  const { start, end } = result.data.omero.channels[0].window;
  return start < end ? [start, end] : undefined;
}

const labelsSchema = z.object({ labels: z.array(z.string()).optional() });

/** The names listed in a labels group's attributes. */
export const parseLabels = (attributes: unknown, url: string): readonly string[] =>
  (parseWith(labelsSchema, omeOf(attributes), url).labels ?? []).map((name) => safePath(name, url));
