import type { ChunkDisk } from '../disk/chunk-disk';
import type { Volume } from '../volume/model';
import type { Budgets } from './budgets';
import type { GpuSession } from './gpu-session';
import type { EngineStatistics } from './protocol';
import { NO_BRICKS } from './scheduler/brick-state';
import type { Scheduler } from './scheduler/scheduler';
import type { Segmentation } from './segmentation';
import type { VolumeLayers } from './volume-layers';

const MILLISECONDS = 500;

/** What statistics are about. */
export interface Counted {
  readonly session: GpuSession | undefined;
  readonly volume: Volume | undefined;
  readonly budgets: Budgets;
  readonly disk: Pick<ChunkDisk, 'usedBytes'>;
  readonly segmentation: Segmentation | undefined;
  readonly layers: Pick<VolumeLayers<never>, 'memoryBytes' | 'bricks' | 'evictions'> | undefined;
  readonly scheduler: Scheduler;
}

const statisticsOf = ({
  session,
  volume,
  segmentation,
  layers,
  budgets,
  disk,
  scheduler,
}: Counted): EngineStatistics => ({
  gpuBytes: session?.memory.usedBytes ?? 0,
  gpuBudgetBytes: session?.memory.budgetBytes ?? 0,
  memoryBytes:
    (volume?.statistics.cachedBytes ?? 0) +
    (segmentation?.memoryBytes ?? 0) +
    (layers?.memoryBytes ?? 0),
  memoryBudgetBytes: budgets.memoryBytes,
  surfaceBytes: segmentation?.surfaces.memoryBytes ?? 0,
  diskBytes: disk.usedBytes,
  diskBudgetBytes: budgets.diskBytes,
  bricks: layers?.bricks ?? NO_BRICKS,
  bricksInFlight: scheduler.inFlight,
  bricksFailed: layers?.bricks.failed ?? 0,
  fetchedBytes: volume?.statistics.fetchedBytes ?? 0,
  decodedBytes: volume?.statistics.decodedBytes ?? 0,
  missingChunks: volume?.statistics.missingChunks ?? 0,
  cacheHits: volume?.statistics.cacheHits ?? 0,
  diskHits: volume?.statistics.diskHits ?? 0,
  evictions: (volume?.statistics.evictions ?? 0) + (layers?.evictions ?? 0),
  retries: volume?.statistics.retries ?? 0,
});

/** Tells statistics every half second in which they changed, until the returned function is called. */
export function watchStatistics(
  read: () => Counted,
  tell: (statistics: EngineStatistics) => void,
): () => void {
  let last = '';
  const timer = setInterval(() => {
    const statistics = statisticsOf(read());
    const text = JSON.stringify(statistics);
    if (text === last) return;
    last = text;
    tell(statistics);
  }, MILLISECONDS);
  return () => clearInterval(timer);
}
