import { Pause, Play, X } from 'lucide-react';
import type { RunningFill, SegmentInfo } from '../../state/store';

import { CommandButton } from '../controls/CommandButton';
import { Swatch } from '../controls/Swatch';
import { formatCount, formatSeconds, formatShort } from '../format';
import { useAppState } from '../session-context';
import { useElapsed } from '../use-rates';

/** What the card says, of a run that goes on or of the last one. */
interface Run {
  readonly title: string;
  readonly id: number | null;
  readonly voxels: number;
  readonly voxelsPerSecond: number;
  readonly bricks: number;
  readonly frontierBricks: number;
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

function ofRunning({ progress, isPaused }: RunningFill): Run {
  const title = isPaused ? 'Paused' : 'Filling';
  return { ...(progress ?? NOTHING), title };
}

function titleOf({ complete, unreadBricks }: SegmentInfo): string {
  if (unreadBricks > 0) return `Filled, bricks unread: ${unreadBricks}`;
  return complete ? 'Filled' : 'Filled up to the limit';
}

const ofSegment = (segment: SegmentInfo): Run => ({
  ...segment,
  title: titleOf(segment),
  voxelsPerSecond: segment.voxels / Math.max(segment.milliseconds / 1000, 1e-3),
  frontierBricks: 0,
});

const newest = (segments: readonly SegmentInfo[]): SegmentInfo | null =>
  segments.reduce<SegmentInfo | null>((a, b) => (a && a.id > b.id ? a : b), null);

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="number">{value}</dd>
    </div>
  );
}

/** The run that goes on, its numbers growing; between runs the last one's, so that nothing below it moves. */
export function RunCard() {
  const running = useAppState((state) => state.running);
  const last = useAppState((state) => newest(state.segments));
  const elapsed = useElapsed(running?.job ?? null);
  const run = running ? ofRunning(running) : last ? ofSegment(last) : NOTHING;
  const milliseconds = running ? elapsed : (last?.milliseconds ?? null);
  const total = run.bricks + run.frontierBricks;
  const share = running && total > 0 ? run.bricks / total : 0;
  return (
    <section className="run-card" aria-label="What runs" data-running={running !== null}>
      <header className="run-head">
        <Swatch id={run.id} />
        <h2>{run.title}</h2>
        <span className="number dim">
          {milliseconds === null ? '' : formatSeconds(milliseconds)}
        </span>
      </header>
      <div
        className="progress"
        role="progressbar"
        aria-label="Bricks done of those known"
        aria-valuenow={Math.round(share * 100)}
        aria-valuetext={`${run.bricks} of ${total} bricks`}
      >
        <div style={{ transform: `scaleX(${share})` }} />
      </div>
      <dl className="figures">
        <Figure name="voxels" value={run.id === null ? NONE : formatShort(run.voxels)} />
        <Figure
          name="rate"
          value={run.id === null ? NONE : `${formatShort(run.voxelsPerSecond)}/s`}
        />
        <Figure name="bricks" value={run.id === null ? NONE : formatCount(run.bricks)} />
        <Figure name="frontier" value={run.id === null ? NONE : formatCount(run.frontierBricks)} />
      </dl>
      <div className="run-buttons">
        <CommandButton
          command="pause-run"
          icon={running?.isPaused ? Play : Pause}
          text={running?.isPaused ? 'Go on' : 'Pause'}
          className="button"
          showShortcut
        />
        <CommandButton
          command="cancel-run"
          icon={X}
          text="Cancel"
          className="button"
          showShortcut
        />
      </div>
    </section>
  );
}
