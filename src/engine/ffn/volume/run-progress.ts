import { currentBeat } from '../../../core/beat';
import type { VolumeProgress } from './types';

/** Of a subvolume's time, about so much goes into its seeds. */
const SEEDS_SHARE = 0.02;

/** Where a run is. */
export interface RunPlace {
  readonly phase: VolumeProgress['phase'];
  readonly subvolume: number;
  /** Seeds tried and all there are; while they are found, the part of that work that is done, of 1. */
  readonly seeds: number;
  readonly seedsTotal: number;
  /** The part of the subvolume that its objects have, of 1. */
  readonly labelled: number;
}

/**
 * How far a run over a volume is, told once a beat. The first seeds grow the largest objects, and most of the last lie in objects
 * already; so a subvolume is as far as its seeds are or as it is labelled, whichever is more (fib25: of 25,805 applications 48 % were made
 * with a quarter of the seeds tried and 43 % labelled).
 */
export class RunProgress {
  /** The beat in which progress was told last. */
  private toldIn = Number.NEGATIVE_INFINITY;
  /** The share that was there from before, for the estimate; undefined until work begins. */
  private shareBefore: number | undefined;

  constructor(
    private readonly subvolumes: number,
    /** How many milliseconds the run has run. */
    private readonly elapsed: () => number,
    private readonly onProgress: (volume: Omit<VolumeProgress, 'objects'>) => void,
  ) {}

  /** What was done before is that far; from the first call on the estimate counts. */
  resume(place: RunPlace): void {
    this.shareBefore ??= this.shareAt(place);
  }

  tell(place: RunPlace): void {
    const share = this.shareAt(place);
    if (this.toldIn === currentBeat() && share < 1) return;
    this.toldIn = currentBeat();
    const done = share - (this.shareBefore ?? 0);
    const remainingMilliseconds = done > 0 ? (this.elapsed() / done) * (1 - share) : null;
    const { labelled: _, ...told } = place;
    this.onProgress({ ...told, subvolumes: this.subvolumes, share, remainingMilliseconds });
  }

  private shareAt({ phase, subvolume, seeds, seedsTotal, labelled }: RunPlace): number {
    const within = seedsTotal === 0 ? 1 : Math.max(seeds / seedsTotal, labelled);
    const part =
      phase === 'seeds' ? SEEDS_SHARE * within : SEEDS_SHARE + (1 - SEEDS_SHARE) * within;
    return (subvolume + part) / this.subvolumes;
  }
}
