import type { RunningFill, SegmentInfo } from '../../state/store';

import { Swatch } from '../controls/Swatch';
import { formatCount, formatSeconds, formatShort, formatTook } from '../format';
import { useAppState } from '../session-context';
import { useElapsed } from '../use-rates';
import { Figure } from './Figure';
import { RunButtons } from './RunButtons';
import { VolumeRunCard } from './VolumeRunCard';

/** What the card says, of a run that goes on or of the last one. */
interface Run {
  readonly title: string;
  readonly id: number | null;
  readonly voxels: number;
  readonly voxelsPerSecond: number;
  readonly bricks: number;
  readonly frontierBricks: number;
  /** Of networks. */
  readonly steps?: number;
  readonly queued?: number;
}

const NONE = '–';

const NOTHING: Run = {
  title: 'Nothing filled yet',
  id: null,
  voxels: 0,
  voxelsPerSecond: 0,
  bricks: 0,
  frontierBricks: 0,
};

function ofRunning({ progress, isPaused, algorithm }: RunningFill): Run {
  const isFfn = algorithm === 'ffn';
  const title = isPaused ? 'Paused' : isFfn ? 'Growing' : 'Filling';
  return { ...NOTHING, ...(isFfn ? { steps: 0, queued: 1 } : {}), ...progress, title };
}

function titleOf({ complete, unreadBricks, algorithm }: SegmentInfo): string {
  const done = algorithm === 'ffn' ? 'Grown' : 'Filled';
  if (unreadBricks > 0) return `${done}, bricks unread: ${unreadBricks}`;
  return complete ? done : `${done} up to the limit`;
}

const ofSegment = (segment: SegmentInfo): Run => ({
  ...segment,
  title: titleOf(segment),
  voxelsPerSecond: segment.voxels / Math.max(segment.milliseconds / 1000, 1e-3),
  frontierBricks: 0,
  ...(segment.steps === undefined ? {} : { queued: 0 }),
});

const newest = (segments: readonly SegmentInfo[]): SegmentInfo | null =>
  segments.reduce<SegmentInfo | null>((a, b) => (a && a.id > b.id ? a : b), null);

/** Voxels a second, or what a network does of them. */
function rateOf({ steps, voxelsPerSecond }: Run, milliseconds: number | null): string {
  if (steps === undefined) return `${formatShort(voxelsPerSecond)}/s`;
  const seconds = Math.max((milliseconds ?? 0) / 1000, 1e-3);
  return (steps / seconds).toFixed(1);
}

/** The run that goes on, its numbers growing; between runs the last one's, so that nothing below it moves. */
export function RunCard() {
  const running = useAppState((state) => state.running);
  return running?.isVolume ? <VolumeRunCard running={running} /> : <FillCard running={running} />;
}

function FillCard({ running }: { running: RunningFill | null }) {
  const last = useAppState((state) => newest(state.segments));
  const elapsed = useElapsed(running?.job ?? null, running?.isPaused ?? false);
  const run = running ? ofRunning(running) : last ? ofSegment(last) : NOTHING;
  const took = last?.milliseconds ?? null;
  const milliseconds = running ? elapsed : took;
  const { steps, queued = 0 } = run;
  const isFfn = steps !== undefined;
  const [done, total] = isFfn
    ? [steps, steps + queued]
    : [run.bricks, run.bricks + run.frontierBricks];
  const share = running && total > 0 ? done / total : 0;
  return (
    <section className="run-card" aria-label="What runs" data-running={running !== null}>
      <header className="run-head">
        <Swatch id={run.id} />
        <h2>{run.title}</h2>
        <span className="number dim">
          {running ? formatSeconds(elapsed) : took === null ? '' : formatTook(took)}
        </span>
      </header>
      <div
        className="progress"
        role="progressbar"
        aria-label={isFfn ? 'Steps done of those known' : 'Bricks done of those known'}
        aria-valuenow={Math.round(share * 100)}
        aria-valuetext={`${done} of ${total} ${isFfn ? 'steps' : 'bricks'}`}
      >
        <div style={{ transform: `scaleX(${share})` }} />
      </div>
      <dl className="figures">
        <Figure name="voxels" value={run.id === null ? NONE : formatShort(run.voxels)} />
        <Figure
          name={isFfn ? 'steps/s' : 'rate'}
          value={run.id === null ? NONE : rateOf(run, milliseconds)}
        />
        <Figure
          name={isFfn ? 'steps' : 'bricks'}
          value={run.id === null ? NONE : formatCount(steps ?? run.bricks)}
        />
        <Figure
          name={isFfn ? 'queue' : 'frontier'}
          value={run.id === null ? NONE : formatCount(isFfn ? queued : run.frontierBricks)}
        />
      </dl>
      <RunButtons isPaused={running?.isPaused ?? false} />
    </section>
  );
}
