import type { VoxelArray } from '../../core/dtype';
import { FloodlightError } from '../../core/errors';
import { volumeOf } from '../../core/vec';
import type { SegmentThreads } from '../cpu/threads';
import { ComponentsJob, SLAB_VOXELS } from './job';
import type {
  Components,
  ComponentsFunction,
  ComponentsRequest,
  PlaneStream,
  Planes,
} from './types';

/**
 * Finds the connected components of a volume; returns how many there are. Their ids are 1, 2, … in the C order of each
 * one's first voxel, 0 is background. Reads all planes once, then writes all. Keeps a bit a voxel and four bytes a run (a
 * stretch of equal voxels along x) in the threads' arena, which nobody else may use meanwhile; BUDGET_EXCEEDED when that
 * passes 2 GiB.
 */
export async function streamComponents(
  threads: SegmentThreads<ComponentsFunction>,
  request: ComponentsRequest,
  stream: PlaneStream,
  signal: AbortSignal,
  slabVoxels = SLAB_VOXELS,
): Promise<number> {
  if (volumeOf(request.shapeZyx) === 0) return 0;
  const job = new ComponentsJob(threads, request, slabVoxels);
  for (const round of job.rounds) {
    signal.throwIfAborted();
    await stream.read(round, job.voxelsOf(round));
    await job.add(round);
  }
  const count = job.number();
  for (const round of job.rounds) {
    signal.throwIfAborted();
    await stream.write(round, await job.idsOf(round));
  }
  return count;
}

/** `streamComponents` of a C-ordered volume in memory. BAD_PARAMETERS when it has not the voxels of its shape. */
export async function connectedComponents(
  threads: SegmentThreads<ComponentsFunction>,
  request: ComponentsRequest,
  voxels: VoxelArray,
  signal: AbortSignal,
  slabVoxels = SLAB_VOXELS,
): Promise<Components> {
  const [sizeZ, sizeY, sizeX] = request.shapeZyx;
  if (voxels.length !== volumeOf(request.shapeZyx)) {
    const reason = `${voxels.length} voxels are not ${sizeZ} × ${sizeY} × ${sizeX}`;
    throw new FloodlightError('BAD_PARAMETERS', { what: 'Volume', reason });
  }
  const ids = new Uint32Array(voxels.length);
  const voxelsOf = planesOf(voxels, sizeY * sizeX);
  const idsOf = planesOf(ids, sizeY * sizeX);
  const count = await streamComponents(
    threads,
    request,
    {
      read: (planes, into) => into.set(voxelsOf(planes)),
      write: (planes, from) => idsOf(planes).set(from),
    },
    signal,
    slabVoxels,
  );
  return { ids, count };
}

/** The bytes of some planes of a volume in memory. */
const planesOf =
  ({ buffer, byteOffset, BYTES_PER_ELEMENT }: VoxelArray, planeVoxels: number) =>
  ({ first, end }: Planes): Uint8Array => {
    const planeBytes = planeVoxels * BYTES_PER_ELEMENT;
    return new Uint8Array(buffer, byteOffset + first * planeBytes, (end - first) * planeBytes);
  };
