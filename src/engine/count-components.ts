import type { Box } from '../core/box';
import { bitsDtypeOf, bytesOf, type VoxelArray, viewAs } from '../core/dtype';
import { FloodlightError } from '../core/errors';
import { subtract, volumeOf } from '../core/vec';
import { streamComponents } from '../segment/components/components';
import type {
  ComponentsFunction,
  ComponentsRequest,
  PlaneStream,
  Planes,
} from '../segment/components/types';
import type { SegmentThreads } from '../segment/cpu/threads';
import type { LevelReader } from '../volume/model';
import { comparisonOf } from './comparison';
import { originOnGrid } from './evaluate/placed-labels';
import { type LayerPlaces, labelLevels } from './find-layers';
import type { ComponentsCount } from './protocol';
import { type CheckedComponents, checkInside } from './request';

/** How many voxels each id has; the first is the background's. */
class Sizes {
  private counts = new Uint32Array(1024);

  add(ids: Uint32Array): void {
    for (const id of ids) {
      if (id >= this.counts.length) this.grow(id);
      this.counts[id] = (this.counts[id] ?? 0) + 1;
    }
  }

  private grow(id: number): void {
    const larger = new Uint32Array(Math.max(id + 1, 2 * this.counts.length));
    larger.set(this.counts);
    this.counts = larger;
  }

  get background(): number {
    return this.counts[0] ?? 0;
  }

  get largest(): number {
    return this.counts.subarray(1).reduce((most, count) => Math.max(most, count), 0);
  }
}

/** What components are found in: as a request, and what its voxels are made of stored ones by. */
interface Sought {
  readonly request: ComponentsRequest;
  prepare(voxels: VoxelArray): VoxelArray;
}

/** The voxels of a box, some planes at a time; ids are only counted. */
function planesOf(
  reader: LevelReader,
  prepare: Sought['prepare'],
  box: Box,
  sizes: Sizes,
  signal: AbortSignal,
): PlaneStream {
  const [firstZ, y, x] = box.originZyx;
  const [, sizeY, sizeX] = box.shapeZyx;
  return {
    async read({ first, end }: Planes, voxels) {
      const planes: Box = {
        originZyx: [firstZ + first, y, x],
        shapeZyx: [end - first, sizeY, sizeX],
      };
      voxels.set(viewAs('uint8', prepare(await reader.readBox(planes, signal))));
    },
    write(_planes, ids) {
      sizes.add(new Uint32Array(ids.buffer, ids.byteOffset, ids.byteLength / bytesOf.uint32));
    },
  };
}

/**
 * Counts the connected components of the image, or of a label layer, at the finest level, on the processor: of all of it, or in a
 * box of the volume's voxels. UNKNOWN_LABEL_LAYER, BAD_PARAMETERS for a box that is not inside, what reading rejects with,
 * BUDGET_EXCEEDED, or an AbortError.
 */
export async function countComponents(
  threads: SegmentThreads<ComponentsFunction>,
  places: LayerPlaces,
  query: CheckedComponents,
  signal: AbortSignal,
): Promise<ComponentsCount> {
  const started = performance.now();
  const [reader] =
    'layer' in query ? await labelLevels(query.layer, places, signal) : places.volume.levels;
  if (!reader) throw new FloodlightError('NO_VOLUME', {});
  const box = boxIn(reader, query);
  const sizes = new Sizes();
  const count = await threads.alone(() => {
    const { request, prepare } = soughtOf(reader, query, box);
    return streamComponents(
      threads,
      request,
      planesOf(reader, prepare, box, sizes, signal),
      signal,
    );
  });
  const voxels = volumeOf(box.shapeZyx) - sizes.background;
  const milliseconds = performance.now() - started;
  return { count, voxels, largestVoxels: sizes.largest, milliseconds };
}

/** What of a level is counted, in its own voxels. */
function boxIn(reader: LevelReader, query: CheckedComponents): Box {
  const { shapeZyx } = reader.info;
  if (!query.box) return { originZyx: [0, 0, 0], shapeZyx };
  const firstZyx = 'layer' in query ? originOnGrid(query.layer, reader) : ([0, 0, 0] as const);
  const box = { ...query.box, originZyx: subtract(query.box.originZyx, firstZyx) };
  checkInside(box, shapeZyx);
  return box;
}

function soughtOf(
  { dtype: stored }: LevelReader,
  query: CheckedComponents,
  { shapeZyx }: Box,
): Sought {
  const { connectivity } = query;
  if ('layer' in query) {
    const request = { shapeZyx, connectivity, dtype: bitsDtypeOf(stored) };
    return { request, prepare: (voxels) => voxels };
  }
  const { dtype, range, prepare } = comparisonOf(stored, query);
  return { request: { shapeZyx, connectivity, dtype, range }, prepare };
}
