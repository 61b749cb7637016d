import type { RunningFill } from '../../state/store';
import { Swatch } from '../controls/Swatch';
import { formatCount, formatSeconds, formatShort } from '../format';
import { useElapsed } from '../use-rates';
import { Figure } from './Figure';
import { RunButtons } from './RunButtons';

const NONE = '–';

function titleOf({ isPaused, progress }: RunningFill): string {
  if (isPaused) return 'Paused';
  return progress?.volume?.phase === 'objects' ? 'Segmenting the volume' : 'Finding seeds';
}

/** A run over a volume: how far it is, how long it will take, and what it has made. */
export function VolumeRunCard({ running }: { running: RunningFill }) {
  const elapsed = useElapsed(running.job, running.isPaused);
  const { progress } = running;
  const volume = progress?.volume;
  const isGrowing = volume?.phase === 'objects';
  const share = volume?.share ?? 0;
  const remaining = volume?.remainingMilliseconds ?? null;
  return (
    <section className="run-card" aria-label="What runs" data-running>
      <header className="run-head">
        <Swatch id={progress && progress.id > 0 ? progress.id : null} />
        <h2>{titleOf(running)}</h2>
        <span className="number dim">{formatSeconds(elapsed)}</span>
      </header>
      <div
        className="progress"
        role="progressbar"
        aria-label="Part of the volume that is done"
        aria-valuenow={Math.round(share * 100)}
      >
        <div style={{ transform: `scaleX(${share})` }} />
      </div>
      <dl className="figures">
        <Figure name="objects" value={volume ? formatCount(volume.objects) : NONE} />
        <Figure name="voxels" value={progress ? formatShort(progress.voxels) : NONE} />
        <Figure
          name="seeds"
          value={
            isGrowing ? `${formatShort(volume.seeds)}/${formatShort(volume.seedsTotal)}` : NONE
          }
        />
        <Figure
          name="part"
          value={volume ? `${volume.subvolume + 1} of ${volume.subvolumes}` : NONE}
        />
        <Figure name="done" value={`${(100 * share).toFixed(1)} %`} />
        <Figure name="left" value={remaining === null ? NONE : formatSeconds(remaining)} />
      </dl>
      <RunButtons isPaused={running.isPaused} />
    </section>
  );
}
