import { betweenBeats } from '../core/beat';
import type { TabDisk } from '../disk/tab-disk';
import type { Hosts } from '../volume/hosts';
import type { Volume, VolumeStatistics } from '../volume/model';
import type { Budgets } from './budgets';
import type { CpuFill } from './cpu-fill';
import type { FfnSegmenter } from './ffn/segmenter';
import type { GpuSession } from './gpu-session';
import type { EngineStatistics } from './protocol';
import { NO_BRICKS } from './scheduler/brick-state';
import type { Scheduler } from './scheduler/scheduler';
import type { Segmentation } from './segmentation';
import type { VolumeLayers } from './volume-layers';

/** What statistics are about. */
export interface Counted {
  readonly session: GpuSession | undefined;
  /** All that is open. */
  readonly volumes: readonly Volume[];
  readonly budgets: Budgets;
  readonly disk: Pick<TabDisk, 'usedBytes'>;
  readonly segmentation: Segmentation | undefined;
  readonly layers:
    | Pick<VolumeLayers<never>, 'memoryBytes' | 'bricks' | 'evictions' | 'unread'>
    | undefined;
  readonly scheduler: Scheduler;
  /** Where fills on the processor run, once it was started. */
  readonly cpu: Pick<CpuFill, 'memoryBytes'> | undefined;
  /** Where networks grow objects. */
  readonly ffn: Pick<FfnSegmenter, 'memoryBytes'>;
  readonly hosts: Pick<Hosts, 'busy'>;
}

const sumOf = (volumes: readonly Volume[], of: keyof VolumeStatistics): number =>
  volumes.reduce((sum, { statistics }) => sum + statistics[of], 0);

const statisticsOf = ({
  session,
  volumes,
  segmentation,
  layers,
  budgets,
  disk,
  scheduler,
  cpu,
  ffn,
  hosts,
}: Counted): EngineStatistics => ({
  gpuBytes: session?.memory.usedBytes ?? 0,
  gpuBudgetBytes: session?.memory.budgetBytes ?? 0,
  memoryBytes:
    sumOf(volumes, 'cachedBytes') +
    (segmentation?.memoryBytes ?? 0) +
    (layers?.memoryBytes ?? 0) +
    (cpu?.memoryBytes ?? 0) +
    ffn.memoryBytes,
  memoryBudgetBytes: budgets.memoryBytes,
  surfaceBytes: segmentation?.surfaces.memoryBytes ?? 0,
  diskBytes: disk.usedBytes,
  diskBudgetBytes: budgets.diskBytes,
  bricks: layers?.bricks ?? NO_BRICKS,
  bricksInFlight: scheduler.inFlight,
  bricksFailed: layers?.bricks.failed ?? 0,
  unread: layers?.unread ?? [],
  fetchedBytes: sumOf(volumes, 'fetchedBytes'),
  decodedBytes: sumOf(volumes, 'decodedBytes'),
  missingChunks: sumOf(volumes, 'missingChunks'),
  cacheHits: sumOf(volumes, 'cacheHits'),
  diskHits: sumOf(volumes, 'diskHits'),
  evictions: sumOf(volumes, 'evictions') + (layers?.evictions ?? 0),
  retries: sumOf(volumes, 'retries'),
  busyHost: hosts.busy,
});

/** Statistics as they are told. */
export interface ToldStatistics {
  /** Tells them at once, where they have changed. */
  tell(): void;
  end(): void;
}

/** Tells statistics between beats, where they have changed, until it is ended. */
export function tellStatistics(
  read: () => Counted,
  onChange: (statistics: EngineStatistics) => void,
): ToldStatistics {
  let last = '';
  const tell = () => {
    const statistics = statisticsOf(read());
    const text = JSON.stringify(statistics);
    if (text === last) return;
    last = text;
    onChange(statistics);
  };
  return { tell, end: betweenBeats(tell) };
}
