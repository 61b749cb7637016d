import { recycle } from '../codecs/install';
import type { Dtype, ImageDtype, LabelDtype } from '../core/dtype';
import { FloodlightError } from '../core/errors';
import { ChunkCache } from './chunk-cache';
import { openChunkSource } from './chunk-source';
import { suggestContrast } from './contrast';
import { createLevelReader } from './level-reader';
import type { LabelLayer, LevelReader, Volume, VolumeStatistics } from './model';
import {
  type Dataset,
  type Multiscale,
  type Placement,
  parseLabels,
  parseMultiscale,
  parseWindow,
  relativeTransform,
} from './ome-zarr';
import { openStore, type StoreOptions, type VolumeSource } from './open-store';
import { badMetadata } from './parse';
import type { VolumeStore } from './store';
import { readGroupAttributes, readNode, type ZarrNode, type ZarrVersion } from './zarr-node';

export interface OpenVolumeOptions extends StoreOptions {
  readonly signal?: AbortSignal;
  /** What decoded chunks may take in memory; 256 MiB by default. */
  readonly cacheBytes?: number;
}

const DEFAULT_CACHE_BYTES = 256 * 2 ** 20;
const IMAGE_DTYPES: readonly ImageDtype[] = ['uint8', 'uint16', 'int16', 'float32'];
const LABEL_DTYPES: readonly LabelDtype[] = ['uint8', 'uint16', 'uint32', 'uint64'];

/** What the arrays of one folder are opened with. */
interface Source {
  readonly store: VolumeStore;
  readonly version: ZarrVersion;
  readonly cache: ChunkCache;
  readonly statistics: VolumeStatistics;
}

/** A bare array tells of no lengths: voxels of 1 nm. */
const BARE_DATASET: Dataset = { path: '', voxelSizeNm: [1, 1, 1], originNm: [0, 0, 0] };

interface Levels<D extends Dtype> {
  readonly finest: LevelReader<D>;
  readonly all: readonly LevelReader<D>[];
}

/** Opens all levels, their transforms relative to `reference`; a `layout` of undefined means a bare array. */
async function openLevels<D extends Dtype>(
  source: Source,
  datasets: readonly Dataset[],
  layout: Multiscale | undefined,
  reference: Placement | undefined,
  supported: readonly D[],
  signal: AbortSignal | undefined,
): Promise<Levels<D>> {
  const { version, cache, statistics } = source;
  const all = await Promise.all(
    datasets.map(async (dataset) => {
      const store = source.store.at(dataset.path);
      const request = { store, version, supported, layout, statistics, signal };
      const chunks = await openChunkSource(request);
      const { shapeZyx, chunkZyx } = chunks;
      const transform = relativeTransform(dataset, reference ?? datasets[0] ?? dataset);
      return createLevelReader(
        { path: dataset.path, shapeZyx, chunkZyx, ...transform },
        chunks,
        cache,
      );
    }),
  );
  const [finest] = all;
  if (!finest) throw badMetadata(source.store.url, 'it has no levels');
  const odd = all.find(({ dtype }) => dtype !== finest.dtype);
  if (odd)
    throw badMetadata(
      source.store.url,
      `level ${odd.info.path} holds ${odd.dtype}, level ${finest.info.path} ${finest.dtype} voxels`,
    );
  return { finest, all };
}

/** The multiscale of a group; BAD_METADATA when it has none, UNSUPPORTED_SHAPE when it is not 3-D. */
async function multiscaleOf(
  source: Source,
  attributes: unknown,
  supported: readonly Dtype[],
  signal: AbortSignal | undefined,
): Promise<Multiscale> {
  const { store, version, statistics } = source;
  const multiscale = parseMultiscale(attributes, store.url);
  if (!multiscale)
    throw badMetadata(
      store.url,
      'it is a Zarr group without an OME-Zarr multiscale; point to a group that has one, or to an array',
    );
  if (!('flatPath' in multiscale)) return multiscale;
  const flat = store.at(multiscale.flatPath);
  const request = { store: flat, version, supported, layout: undefined, statistics, signal };
  const { shapeZyx } = await openChunkSource(request);
  throw new FloodlightError('UNSUPPORTED_SHAPE', { url: store.url, shape: shapeZyx });
}

async function listLabels(source: Source, signal?: AbortSignal): Promise<readonly string[]> {
  const store = source.store.at('labels');
  const attributes = await readGroupAttributes(store, source.version, signal);
  return attributes === undefined ? [] : parseLabels(attributes, store.url);
}

async function openLabels(
  source: Source,
  name: string,
  reference: Placement,
  signal: AbortSignal | undefined,
): Promise<LabelLayer> {
  const group: Source = { ...source, store: source.store.at(`labels/${name}`) };
  const attributes = await readGroupAttributes(group.store, group.version, signal);
  if (attributes === undefined)
    throw badMetadata(group.store.url, 'the labels group names it, but nothing is there');
  const multiscale = await multiscaleOf(group, attributes, LABEL_DTYPES, signal);
  const { datasets } = multiscale;
  const levels = await openLevels(group, datasets, multiscale, reference, LABEL_DTYPES, signal);
  return { name, dtype: levels.finest.dtype, levels: levels.all };
}

interface Description {
  /** Undefined for a bare array. */
  readonly multiscale: Multiscale | undefined;
  readonly datasets: readonly Dataset[];
  readonly finest: Placement;
  readonly labels: readonly string[];
}

/** What the source's own metadata say, before any array is opened. */
async function describe(
  source: Source,
  node: ZarrNode,
  signal: AbortSignal | undefined,
): Promise<Description> {
  if (node.kind === 'array')
    return { multiscale: undefined, datasets: [BARE_DATASET], finest: BARE_DATASET, labels: [] };
  const multiscale = await multiscaleOf(source, node.attributes, IMAGE_DTYPES, signal);
  const { datasets } = multiscale;
  const labels = await listLabels(source, signal);
  return { multiscale, datasets, finest: datasets[0] ?? BARE_DATASET, labels };
}

/**
 * Opens an OME-Zarr image (0.4 or 0.5) or a bare Zarr array (version 2 or 3) of three axes, by HTTP, in a folder or in a zip.
 * Rejects with BAD_PARAMETERS, SOURCE_UNREACHABLE, SOURCE_TIMEOUT, HTTP_STATUS, PERMISSION_DENIED, NOT_ZARR, BAD_METADATA, UNSUPPORTED_SHAPE, UNSUPPORTED_DTYPE, or an
 * AbortError once the signal fires; the signal is for opening alone.
 */
export async function openVolume(
  volumeSource: VolumeSource,
  options: OpenVolumeOptions = {},
): Promise<Volume> {
  const { signal, cacheBytes = DEFAULT_CACHE_BYTES } = options;
  const cache = new ChunkCache(cacheBytes, recycle);
  const statistics: VolumeStatistics = {
    fetchedBytes: 0,
    decodedBytes: 0,
    missingChunks: 0,
    retries: 0,
    get cachedBytes() {
      return cache.bytes;
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
  const source: Source = { store, version: node.version, cache, statistics };

  const { multiscale, datasets, finest, labels } = await describe(source, node, signal);
  const { all, finest: level } = await openLevels(
    source,
    datasets,
    multiscale,
    undefined,
    IMAGE_DTYPES,
    signal,
  );
  const contrast =
    parseWindow(node.attributes) ?? (await suggestContrast(all.at(-1) ?? level, signal));
  return {
    info: {
      url,
      name: multiscale?.name ?? name,
      shapeZyx: level.info.shapeZyx,
      voxelSizeNm: finest.voxelSizeNm,
      originNm: finest.originNm,
      dtype: level.dtype,
      levels: all.map(({ info }) => info),
      labels,
      contrast,
    },
    levels: all,
    statistics,
    setCacheBytes: (bytes) => cache.setLimit(bytes),
    async openLabels(name, labelSignal) {
      if (!labels.includes(name))
        throw new FloodlightError('UNKNOWN_LABEL_LAYER', { layer: name, layers: labels });
      return openLabels(source, name, finest, labelSignal);
    },
  };
}
