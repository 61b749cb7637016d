import { recycle } from '../codecs/install';
import { bytesOf, type Dtype, isFloat, type LabelDtype } from '../core/dtype';
import { FloodlightError } from '../core/errors';
import { ahead } from './ahead';
import { ChunkCache } from './chunk-cache';
import { type ChunkSource, openChunkSource } from './chunk-source';
import { suggestContrast } from './contrast';
import { createLevelReader } from './level-reader';
import type {
  AxisSelection,
  LabelLayer,
  LevelInfo,
  LevelReader,
  Volume,
  VolumeInfo,
  VolumeStatistics,
} from './model';
import {
  bareLayout,
  type Dataset,
  type Layout,
  type MoreAxis,
  type Multiscale,
  type Placement,
  parseChannels,
  parseLabels,
  parseMultiscale,
  relativeTransform,
} from './ome-zarr';
import { openStore, type StoreOptions, type VolumeSource } from './open-store';
import { badMetadata } from './parse';
import type { VolumeStore } from './store';
import { StoredChunks } from './stored-chunks';
import { readGroupAttributes, readNode, type ZarrNode, type ZarrVersion } from './zarr-node';

export interface OpenVolumeOptions extends StoreOptions {
  readonly signal?: AbortSignal;
  /** What decoded chunks may take in memory; 256 MiB by default. */
  readonly cacheBytes?: number;
}

const DEFAULT_CACHE_BYTES = 256 * 2 ** 20;
const isDtype = (name: string): name is Dtype => Object.hasOwn(bytesOf, name);
const isLabelDtype = (dtype: Dtype): dtype is LabelDtype => !isFloat(dtype);
const IMAGE_DTYPES = Object.keys(bytesOf).filter(isDtype);
const LABEL_DTYPES = IMAGE_DTYPES.filter(isLabelDtype);

/** What the arrays of one folder are opened with. */
interface Source {
  readonly store: VolumeStore;
  readonly version: ZarrVersion;
  readonly cache: ChunkCache;
  readonly stored: StoredChunks;
  readonly statistics: VolumeStatistics;
  /** Of a bare array: its metadata. */
  readonly document?: unknown;
}

/** Of what chunks may take in memory, those as they are stored. */
const STORED_SHARE = 1 / 16;

/** A bare array tells of no lengths: voxels of 1 nm. */
const BARE_DATASET: Dataset = { path: '', voxelSizeNm: [1, 1, 1], originNm: [0, 0, 0] };

/** The arrays of an image or a label layer, from the finest level on. */
interface Pyramid<D extends Dtype> {
  readonly levels: readonly { readonly info: LevelInfo; readonly chunks: ChunkSource<D> }[];
  readonly finest: { readonly info: LevelInfo; readonly chunks: ChunkSource<D> };
  /** How many times and channels there are. */
  readonly sizes: AxisSelection;
  readonly more: readonly MoreAxis[];
}

/** Each is described to the page. */
const MOST_CHANNELS = 2 ** 12;

const KEY_OF: Readonly<Record<MoreAxis, keyof AxisSelection>> = { time: 't', channel: 'c' };

/** Opens all levels, their transforms relative to `reference`; a `layout` of undefined means z, y and x as the last axes. */
async function openPyramid<D extends Dtype>(
  source: Source,
  datasets: readonly Dataset[],
  layout: Layout | undefined,
  reference: Placement | undefined,
  supported: readonly D[],
  signal: AbortSignal | undefined,
): Promise<Pyramid<D>> {
  const { version, statistics, stored, document } = source;
  const levels = await Promise.all(
    datasets.map(async (dataset) => {
      // What was read of a bare array is known to its own store.
      const store = dataset.path === '' ? source.store : source.store.at(dataset.path);
      const layoutOf = { layout: layout?.axes, document };
      const keeping = { stored, forgetChunk: (key: string) => source.cache.forget(key) };
      const request = { store, version, supported, ...layoutOf, statistics, ...keeping, signal };
      const chunks = await openChunkSource(request);
      const { shapeZyx, chunkZyx } = chunks;
      const transform = relativeTransform(dataset, reference ?? datasets[0] ?? dataset);
      return { info: { path: dataset.path, shapeZyx, chunkZyx, ...transform }, chunks };
    }),
  );
  const [finest] = levels;
  if (!finest) throw badMetadata(source.store.url, 'it has no levels');
  for (const level of levels) checkAlike(level, finest, source.store.url);
  const more = layout?.more ?? [];
  const sizeOf = (axis: MoreAxis) => finest.chunks.moreShape[more.indexOf(axis)] ?? 1;
  const sizes = { t: sizeOf('time'), c: sizeOf('channel') };
  if (sizes.c > MOST_CHANNELS)
    throw badMetadata(source.store.url, `it has ${sizes.c} channels, more than ${MOST_CHANNELS}`);
  return { levels, finest, more, sizes };
}

/** BAD_METADATA unless two levels hold voxels of one type, at the same times and channels. */
function checkAlike(
  { info, chunks }: Pyramid<Dtype>['finest'],
  finest: Pyramid<Dtype>['finest'],
  url: string,
): void {
  const { dtype, moreShape } = finest.chunks;
  if (chunks.dtype !== dtype)
    throw badMetadata(
      url,
      `level ${info.path} holds ${chunks.dtype}, level ${finest.info.path} ${dtype} voxels`,
    );
  if (chunks.moreShape.some((size, axis) => size !== moreShape[axis]))
    throw badMetadata(
      url,
      `levels ${finest.info.path} and ${info.path} differ in their times or channels`,
    );
}

/** Readers of a pyramid at one time and channel. */
function readersAt<D extends Dtype>(
  { levels, more }: Pyramid<D>,
  selection: AxisSelection,
  cache: ChunkCache,
): readonly LevelReader<D>[] {
  const at = more.map((axis) => selection[KEY_OF[axis]]);
  return levels.map(({ info, chunks }) => createLevelReader(info, chunks, cache, at));
}

/** The multiscale of a group; BAD_METADATA when it has none, UNSUPPORTED_SHAPE when its spatial axes are neither two nor three. */
async function multiscaleOf(
  source: Source,
  attributes: unknown,
  supported: readonly Dtype[],
  signal: AbortSignal | undefined,
): Promise<Multiscale> {
  const { store, version, statistics, stored } = source;
  const multiscale = parseMultiscale(attributes, store.url);
  if (!multiscale)
    throw badMetadata(
      store.url,
      'it is a Zarr group without an OME-Zarr multiscale; point to a group that has one, or to an array',
    );
  if (!('flatPath' in multiscale)) return multiscale;
  const flat = store.at(multiscale.flatPath);
  const layout = undefined;
  const keeping = { stored, forgetChunk: () => {} };
  const request = { store: flat, version, supported, layout, statistics, ...keeping, signal };
  const { shapeZyx } = await openChunkSource(request);
  throw new FloodlightError('UNSUPPORTED_SHAPE', { url: store.url, shape: shapeZyx });
}

async function listLabels(source: Source, signal?: AbortSignal): Promise<readonly string[]> {
  const store = source.store.at('labels');
  const attributes = await readGroupAttributes(store, source.version, signal);
  return attributes === undefined ? [] : parseLabels(attributes, store.url);
}

/** What layers are opened beside: where the image's finest level lies, how many times and channels it has, which are seen. */
interface Beside {
  readonly finest: Placement;
  readonly sizes: AxisSelection;
  readonly selection: AxisSelection;
}

async function openLabels(
  source: Source,
  name: string,
  beside: Beside,
  signal: AbortSignal | undefined,
): Promise<LabelLayer> {
  const group: Source = { ...source, store: source.store.at(`labels/${name}`) };
  const attributes = await readGroupAttributes(group.store, group.version, signal);
  if (attributes === undefined)
    throw badMetadata(group.store.url, 'the labels group names it, but nothing is there');
  const multiscale = await multiscaleOf(group, attributes, LABEL_DTYPES, signal);
  const { datasets } = multiscale;
  const pyramid = await openPyramid(
    group,
    datasets,
    multiscale,
    beside.finest,
    LABEL_DTYPES,
    signal,
  );
  const levels = readersAt(pyramid, labelSelection(pyramid, beside, group.store.url), group.cache);
  return { name, dtype: pyramid.finest.chunks.dtype, levels };
}

/** Where labels are seen: at the image's time and channel, or at the only one that they have; UNSUPPORTED_SHAPE for others. */
function labelSelection(
  { sizes, finest }: Pyramid<Dtype>,
  beside: Beside,
  url: string,
): AxisSelection {
  const along = (key: keyof AxisSelection) => {
    if (sizes[key] === 1) return 0;
    if (sizes[key] === beside.sizes[key]) return beside.selection[key];
    const shape = [...finest.chunks.moreShape, ...finest.chunks.shapeZyx];
    throw new FloodlightError('UNSUPPORTED_SHAPE', { url, shape });
  };
  return { t: along('t'), c: along('c') };
}

interface OpenedImage {
  /** Undefined for a bare array. */
  readonly multiscale: Multiscale | undefined;
  readonly finest: Placement;
  readonly pyramid: Pyramid<Dtype>;
  readonly labels: readonly string[];
}

/** Opens the arrays that the source's own metadata tell of, and asks at the same time which labels there are. */
async function openImage(
  source: Source,
  node: ZarrNode,
  signal: AbortSignal | undefined,
): Promise<OpenedImage> {
  const open = (
    from: Source,
    datasets: readonly Dataset[],
    layout: Layout | undefined,
    either: AbortSignal | undefined,
  ) => openPyramid(from, datasets, layout, undefined, IMAGE_DTYPES, either);
  if (node.kind === 'array') {
    const bare: Source = { ...source, document: node.document };
    const pyramid = await open(bare, [BARE_DATASET], bareLayout(node.document), signal);
    return { multiscale: undefined, finest: BARE_DATASET, pyramid, labels: [] };
  }
  const multiscale = await multiscaleOf(source, node.attributes, IMAGE_DTYPES, signal);
  const { datasets } = multiscale;
  const opening = ahead(signal, (either) => open(source, datasets, multiscale, either));
  try {
    const labels = await listLabels(source, signal);
    const finest = datasets[0] ?? BARE_DATASET;
    return { multiscale, finest, pyramid: await opening.result, labels };
  } finally {
    opening.drop();
  }
}

/**
 * Opens an OME-Zarr image (0.4 or 0.5), at its first time and channel, or a bare Zarr array (version 2 or 3) of two or three
 * axes, or of more whose `dimension_names` tell what they are, by HTTP, in a folder or in a zip; one of two spatial axes is a
 * volume of one slice.
 * Rejects with BAD_PARAMETERS, SOURCE_UNREACHABLE, SOURCE_TIMEOUT, HTTP_STATUS, WEB_PAGE, PERMISSION_DENIED, SOURCE_CHANGED, NOT_ZARR,
 * BAD_METADATA, CODEC_FAILED for a zip whose parts are damaged or come wrong, UNSUPPORTED_SHAPE, UNSUPPORTED_DTYPE, or an
 * AbortError once the signal fires; the signal is for opening alone.
 */
export async function openVolume(
  volumeSource: VolumeSource,
  options: OpenVolumeOptions = {},
): Promise<Volume> {
  const { signal, cacheBytes = DEFAULT_CACHE_BYTES } = options;
  const cache = new ChunkCache(0, recycle);
  const stored = new StoredChunks(0);
  const setCacheBytes = (bytes: number) => {
    cache.setLimit(bytes * (1 - STORED_SHARE));
    stored.setLimit(bytes * STORED_SHARE);
  };
  setCacheBytes(cacheBytes);
  const statistics: VolumeStatistics = {
    fetchedBytes: 0,
    decodedBytes: 0,
    missingChunks: 0,
    retries: 0,
    diskHits: 0,
    get cachedBytes() {
      return cache.bytes + stored.bytes;
    },
    get cacheHits() {
      return cache.hits;
    },
    get evictions() {
      return cache.evictions;
    },
  };
  const { store, url, name } = await openStore(volumeSource, statistics, options, signal);
  const node = await readNode(store, signal);
  const source: Source = { store, version: node.version, cache, stored, statistics };

  const { multiscale, finest, pyramid, labels } = await openImage(source, node, signal);
  const { sizes } = pyramid;
  const grid = {
    url,
    name: multiscale?.name ?? name,
    shapeZyx: pyramid.finest.info.shapeZyx,
    voxelSizeNm: finest.voxelSizeNm,
    originNm: finest.originNm,
    dtype: pyramid.finest.chunks.dtype,
    levels: pyramid.levels.map(({ info }) => info),
    labels,
    times: sizes.t,
    channels: parseChannels(node.attributes, sizes.c),
  };

  /** The volume at one time and channel; `known` is the contrast of that channel where it is known. */
  async function volumeAt(
    selection: AxisSelection,
    known: VolumeInfo['contrast'] | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Volume> {
    const levels = readersAt(pyramid, selection, cache);
    const contrast =
      known ?? grid.channels[selection.c]?.window ?? (await suggestContrast(levels.at(-1), signal));
    return {
      info: { ...grid, selection, contrast },
      levels,
      statistics,
      setCacheBytes,
      async select(part, selectSignal) {
        const other = { ...selection, ...part };
        checkSelection(other, sizes);
        return volumeAt(other, other.c === selection.c ? contrast : undefined, selectSignal);
      },
      async openLabels(name, labelSignal) {
        if (!labels.includes(name))
          throw new FloodlightError('UNKNOWN_LABEL_LAYER', { layer: name, layers: labels });
        return openLabels(source, name, { finest, sizes, selection }, labelSignal);
      },
    };
  }
  return volumeAt({ t: 0, c: 0 }, undefined, signal);
}

function checkSelection(selection: AxisSelection, sizes: AxisSelection): void {
  for (const [key, what] of [
    ['t', 'Time'],
    ['c', 'Channel'],
  ] as const) {
    const at = selection[key];
    if (Number.isInteger(at) && at >= 0 && at < sizes[key]) continue;
    const reason = `${at} is none of the volume's, which are 0 to ${sizes[key] - 1}`;
    throw new FloodlightError('BAD_PARAMETERS', { what, reason });
  }
}
