import { currentBeat } from '../core/beat';
import { FloodlightError } from '../core/errors';
import type { Zyx } from '../core/vec';
import type { Volume } from '../volume/model';
import { rangeAt, type StoredValue } from './comparison';
import type { FillBackend, FillHooks } from './fill-backend';
import type { Backends, JobControl } from './jobs';
import type { FillProgress, FillResult } from './protocol';
import type { CheckedFloodFill } from './request';
import type { Segmentation } from './segmentation';

/** A flood fill, and all that it is run with. */
export interface FloodFillJob {
  readonly request: CheckedFloodFill;
  readonly backends: Backends<FillBackend>;
  readonly volume: Volume;
  readonly segmentation: Segmentation;
  onProgress(job: number, progress: FillProgress): void;
}

/**
 * Runs a fill and keeps its segment; what a fill that failed or was cancelled had grown is gone. One whose backend is lost, or
 * that is broken off, goes on from what it had.
 */
export async function runFloodFill(fill: FloodFillJob, control: JobControl): Promise<FillResult> {
  try {
    return await toEnd(fill, control);
  } catch (error) {
    fill.segmentation.discard();
    throw error;
  }
}

async function toEnd(fill: FloodFillJob, control: JobControl): Promise<FillResult> {
  const elapsed = control.gate.stopwatch();
  const { request, volume, segmentation, backends } = fill;
  const { algorithm, seedZyx, params, box, voxelLimit } = request;
  const value = await valueAt(volume, seedZyx, control.signal);
  const range = rangeAt(params, value);
  if (!(value >= range.low && value <= range.high))
    throw new FloodlightError('SEED_OUTSIDE_RANGE', {
      zyx: seedZyx,
      value,
      ...range,
    });
  let running: FillBackend | undefined;
  const id = segmentation.begin((key) => running?.draws(key) === true);
  const { connectivity } = params;
  const stored = { seedZyx, range, connectivity, box, voxelLimit };
  const onProgress = progressOf(fill, control.job, id, elapsed);
  const { outcome, backend } = await control.onBackends(
    backends,
    async (backend, signal, attempts) => {
      running = backend;
      const { gate } = control;
      const hooks = { signal, gate, vault: segmentation.labels.vault, onProgress };
      const from = attempts > 0 ? segmentation.grown(id) : undefined;
      // What the backend before drew by itself is painted now.
      if (from) segmentation.grow(id, from);
      return { outcome: await backend.fill(id, { ...stored, from }, hooks), backend };
    },
  );
  return segmentation.finish(outcome.bits, {
    id,
    algorithm,
    seedZyx,
    params,
    voxels: outcome.voxels,
    bricks: outcome.bricks,
    unreadBricks: outcome.unreadBricks,
    complete: outcome.complete,
    milliseconds: elapsed(),
    backend: backend.id,
    adapter: backend.adapter,
  });
}

/** Shows what has grown, and tells of it at once and then once a beat. */
function progressOf(
  { segmentation, onProgress }: FloodFillJob,
  job: number,
  id: number,
  elapsed: () => number,
): FillHooks['onProgress'] {
  let toldIn = Number.NEGATIVE_INFINITY;
  return ({ voxels, bricks, frontierBricks, changed }) => {
    segmentation.grow(id, changed);
    if (toldIn === currentBeat()) return;
    toldIn = currentBeat();
    const milliseconds = elapsed();
    const voxelsPerSecond = (voxels / milliseconds) * 1000;
    onProgress(job, { id, voxels, bricks, frontierBricks, milliseconds, voxelsPerSecond });
  };
}

async function valueAt(volume: Volume, zyx: Zyx, signal: AbortSignal): Promise<StoredValue> {
  const box = { originZyx: zyx, shapeZyx: [1, 1, 1] as const };
  const values = await volume.levels[0]?.readBox(box, signal);
  return values?.[0] ?? Number.NaN;
}
