import type {
  FillProgress,
  FillRequest,
  FillResult,
  Steering,
  VolumeRequest,
  VolumeResult,
} from '../engine/protocol';
import { placedOf, steeredMarks } from './ffn-marks';
import { type JobOptions, JobSlot } from './job-slot';
import type { Session } from './session';
import type { AppState, RunningFill } from './store';

/** What runs need of the session. */
type Around = Pick<Session, 'engine' | 'nextJob' | 'store' | 'inform'>;

type About = Omit<RunningFill, 'job' | 'progress'>;

const VOLUME_RUNS =
  'The volume is being segmented. To grow anything else meanwhile cancel that (Esc): it goes on where it was when you start it again.';

/** Segmentations as they run: one at a time, a new one cancels the one before. */
export class Runs {
  private readonly slot: JobSlot<FillProgress, About>;

  constructor(private readonly around: Around) {
    this.slot = new JobSlot(around, {
      get: () => this.state.running,
      set: (running) => around.store.setState({ running }),
    });
  }

  private get state(): AppState {
    return this.around.store.getState();
  }

  /** Runs a segmentation to its end. */
  async segment(request: FillRequest, options?: JobOptions<FillProgress>): Promise<FillResult> {
    const { algorithm, seedZyx } = request;
    const placed = algorithm === 'ffn' ? { placed: placedOf(request) } : {};
    return this.run(
      { algorithm, seedZyx, isPaused: false, ...placed },
      (job) => this.around.engine.segment(job, request),
      options,
    );
  }

  /** Segments a volume to its end; what was made stays when it is cancelled. */
  async segmentVolume(
    request: VolumeRequest,
    options?: JobOptions<FillProgress>,
  ): Promise<VolumeResult> {
    const { positionZyx: seedZyx } = this.state;
    return this.run(
      { algorithm: 'ffn', seedZyx, isPaused: false, isVolume: true },
      (job) => this.around.engine.segmentVolume(job, request),
      options,
    );
  }

  /** Whether a run over the volume is under way, which a click does not end; says so then. */
  keepsVolume(): boolean {
    const isRunning = this.state.running?.isVolume === true;
    if (isRunning) this.around.inform(VOLUME_RUNS, 'run');
    return isRunning;
  }

  cancel(): void {
    this.slot.cancel();
  }

  /** Steers what a network grows now; false when none runs. Rejects with what speaks against it. */
  async steer(steering: Steering): Promise<boolean> {
    const job = this.state.running?.job;
    if (job === undefined || !(await this.around.engine.steer(job, steering))) return false;
    const { running } = this.state;
    if (running?.job === job && running.placed) {
      const placed = steeredMarks(running.placed, steering);
      this.around.store.setState({ running: { ...running, placed } });
    }
    return true;
  }

  /** Holds the run, or lets it go on; false when there is none. */
  async setPaused(isPaused: boolean): Promise<boolean> {
    const job = this.state.running?.job;
    if (job === undefined || !(await this.around.engine.setPaused(job, isPaused))) return false;
    const { running } = this.state;
    if (running?.job === job) this.around.store.setState({ running: { ...running, isPaused } });
    return true;
  }

  receive(job: number, progress: FillProgress): void {
    this.slot.receive(job, progress);
  }

  private run<Result>(
    about: About,
    work: (job: number) => Promise<Result>,
    options?: JobOptions<FillProgress>,
  ): Promise<Result> {
    this.cancel();
    return this.slot.run(
      about,
      (job) => {
        this.around.store.setState({ hintDismissed: true });
        return work(job);
      },
      options,
    );
  }
}
