import { z } from 'zod';
import type { Zyx } from '../core/vec';
import type { ChannelInfo, LevelTransform } from './model';
import { badMetadata, parseWith } from './parse';
import { nanometresOf } from './units';

/** Where a level's voxels lie: the size of one, and the centre of voxel (0, 0, 0). */
export interface Placement {
  readonly voxelSizeNm: Zyx;
  readonly originNm: Zyx;
}

/** Which of an array's axes are which, by their indices. */
export interface ArrayAxes {
  readonly rank: number;
  /** z, y, x; -1 for z where there is none: then the volume is one slice. */
  readonly spatial: Zyx;
  /** Time, then channel, as far as there are these. */
  readonly more: readonly number[];
}

export interface Dataset extends Placement {
  /** Below the multiscale's folder, without leading or trailing slashes. */
  readonly path: string;
}

/** What the axes of arrays are, of which two or three are spatial. */
export interface Layout {
  readonly axes: ArrayAxes;
  /** What the further axes are, in their order. */
  readonly more: readonly MoreAxis[];
}

/** A multiscale image; datasets from the finest on. */
export interface Multiscale extends Layout {
  readonly name: string | undefined;
  readonly datasets: readonly Dataset[];
}

export type MoreAxis = 'time' | 'channel';

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

/** The index of the axis that is a time or a channel: the only one of its type, or, where it has none, of its name. */
function indexOfMore(axes: readonly Axis[], type: MoreAxis): number | undefined {
  const [index, ...others] = axes.flatMap((axis, at) => {
    const is = axis.type === undefined ? axis.name.toLowerCase() === type[0] : axis.type === type;
    return is ? [at] : [];
  });
  return others.length === 0 ? index : undefined;
}

/** Indices of the space axes, as z, y, x where they are called so, else in their stored order. */
function spatialAxesOf(axes: readonly Axis[]): number[] {
  const spatial = axes.flatMap((axis, index) => (isSpatial(axis) ? [index] : []));
  const named = ['z', 'y', 'x'].map((name) =>
    spatial.find((index) => axes[index]?.name.toLowerCase() === name),
  );
  const found = named.filter((index) => index !== undefined);
  return found.length === spatial.length ? found : spatial;
}

/** Undefined where neither two nor three axes are spatial. */
function layoutOf(axes: readonly Axis[]): Layout | undefined {
  const spatial = spatialAxesOf(axes);
  const [z, y, x] = spatial.length === 2 ? [-1, ...spatial] : spatial;
  if (z === undefined || y === undefined || x === undefined || spatial.length > 3) return undefined;
  const more = (['time', 'channel'] as const).flatMap((type) => {
    const index = indexOfMore(axes, type);
    return index === undefined ? [] : [{ type, index }];
  });
  return {
    axes: { rank: axes.length, spatial: [z, y, x], more: more.map(({ index }) => index) },
    more: more.map(({ type }) => type),
  };
}

const namedSchema = z.object({ dimension_names: z.array(z.string()).max(5) });

/** What a bare array's own metadata (Zarr version 3) call its axes; undefined where that is not z, y, x, t or time, and c or channel. */
export function bareLayout(document: unknown): Layout | undefined {
  const named = namedSchema.safeParse(document).data?.dimension_names ?? [];
  const names = named.map((name) => name.toLowerCase().replace(/^(t)ime$|^(c)hannel$/, '$1$2'));
  const layout = layoutOf(names.map((name) => ({ name })));
  const known = layout ? layout.more.length + (layout.axes.spatial[0] < 0 ? 2 : 3) : 0;
  return known === names.length && new Set(names).size === known ? layout : undefined;
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
  spatial: Zyx,
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
  const [y, x] = [along(spatial[1]), along(spatial[2])];
  // A single slice is as thick as its pixels are high.
  const z = spatial[0] < 0 ? { size: y.size, origin: 0 } : along(spatial[0]);
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

/** A multiscale whose spatial axes are neither two nor three: what its first array is called, to tell its shape. */
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
  const layout = layoutOf(axes);
  if (!layout) return { flatPath: datasets[0]?.path ?? '' };
  const { spatial } = layout.axes;
  const placed = datasets.map(({ path, transformations }) => ({
    path,
    ...placementOf(transformations, axes, spatial, url),
  }));
  checkOrder(placed, url);
  return {
    ...layout,
    name: multiscale.name ?? undefined,
    datasets: spatial[0] < 0 ? asThickAsFinest(placed) : placed,
  };
}

/** Levels of a single slice are not halved across it. */
const asThickAsFinest = (datasets: readonly Dataset[]): readonly Dataset[] =>
  datasets.map((dataset): Dataset => {
    const [, y, x] = dataset.voxelSizeNm;
    return { ...dataset, voxelSizeNm: [datasets[0]?.voxelSizeNm[0] ?? y, y, x] };
  });

/** What is of no use in a channel's hints is left out; they are only hints. */
const channelSchema = z
  .object({
    label: z.string().trim().min(1).optional().catch(undefined),
    window: z
      .object({ start: z.number(), end: z.number() })
      .refine(({ start, end }) => start < end)
      .optional()
      .catch(undefined),
    color: z
      .string()
      .regex(/^#?[\da-f]{6}$/i)
      .optional()
      .catch(undefined),
  })
  .catch({});
const omeroSchema = z.object({ omero: z.object({ channels: z.array(channelSchema) }) });

/** What the omero metadata say of each of so many channels. */
export function parseChannels(attributes: unknown, count: number): readonly ChannelInfo[] {
  const omero = omeroSchema.safeParse(omeOf(attributes));
  const hints = omero.success ? omero.data.omero.channels : [];
  return Array.from({ length: count }, (_, index) => {
    const { label = `Channel ${index + 1}`, window, color } = hints[index] ?? {};
    const rgb = Number.parseInt(color?.replace('#', '') ?? '', 16);
    return {
      label,
      window: window && [window.start, window.end],
      colour: color === undefined ? undefined : [rgb >> 16, (rgb >> 8) & 255, rgb & 255],
    };
  });
}

const labelsSchema = z.object({ labels: z.array(z.string()).optional() });

/** The names listed in a labels group's attributes. */
export const parseLabels = (attributes: unknown, url: string): readonly string[] =>
  (parseWith(labelsSchema, omeOf(attributes), url).labels ?? []).map((name) => safePath(name, url));
