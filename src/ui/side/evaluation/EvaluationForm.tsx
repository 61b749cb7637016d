import { Scale, X } from 'lucide-react';
import { useShallow } from 'zustand/react/shallow';
import { chosenLayers, comparableLayers } from '../../../state/evaluator';
import { Choice } from '../../controls/Choice';
import { CommandButton } from '../../controls/CommandButton';
import { Segmented } from '../../controls/Segmented';
import { formatSeconds, formatShort } from '../../format';
import { useAppState, useSession } from '../../session-context';

const UNLABELLED = ['count', 'leave out'] as const;

/** How far the comparison is, and how long it will go on. */
function Progress() {
  const progress = useAppState((state) => state.evaluator.running?.progress);
  const { voxels = 0, voxelsTotal = 1, remainingMilliseconds } = progress ?? {};
  const share = voxels / voxelsTotal;
  const left =
    remainingMilliseconds === undefined ? '' : `${formatSeconds(remainingMilliseconds)} left`;
  return (
    <>
      <div
        className="progress"
        role="progressbar"
        aria-label="Voxels compared"
        aria-valuenow={Math.round(share * 100)}
      >
        <div style={{ transform: `scaleX(${share})` }} />
      </div>
      <p className="evaluation-progress number dim">
        <span>{formatShort(voxels)} voxels</span>
        <span>{left}</span>
      </p>
    </>
  );
}

/** Which layers are compared, and how; while they are, how far that is. */
export function EvaluationForm() {
  const session = useSession();
  const layers = useAppState(useShallow((state) => comparableLayers(state).map(({ ref }) => ref)));
  const names = useAppState(useShallow((state) => comparableLayers(state).map(({ name }) => name)));
  const { a, b } = useAppState(useShallow(chosenLayers));
  const ignoreZeroSegments = useAppState((state) => state.evaluator.ignoreZeroSegments);
  const isRunning = useAppState((state) => state.evaluator.running !== null);
  const isBoxed = useAppState((state) => state.fillOptions.box !== null);
  const nameOf = (ref: string) => names[layers.indexOf(ref)] ?? ref;
  return (
    <>
      <div className="row row-wide">
        <span>Labels</span>
        <Choice
          label="Labels to be judged"
          value={a}
          options={layers}
          show={nameOf}
          onChange={(ref) => session.evaluator.choose({ a: ref })}
        />
      </div>
      <div className="row row-wide">
        <span>Truth</span>
        <Choice
          label="Labels taken for the truth"
          value={b}
          options={layers}
          show={nameOf}
          onChange={(ref) => session.evaluator.choose({ b: ref })}
        />
      </div>
      <div className="row row-wide">
        <span>Unlabelled</span>
        <Segmented
          label="Voxels that the labels leave out"
          value={ignoreZeroSegments ? 'leave out' : 'count'}
          options={UNLABELLED}
          onChange={(choice) =>
            session.evaluator.choose({ ignoreZeroSegments: choice === 'leave out' })
          }
        />
      </div>
      <div className="evaluation-run">
        <span className="dim">{isBoxed ? 'Within the box of fills' : 'All that both cover'}</span>
        {isRunning ? (
          <CommandButton command="cancel-run" icon={X} text="Cancel" showShortcut />
        ) : (
          <CommandButton command="run-evaluation" icon={Scale} text="Compare" />
        )}
      </div>
      {isRunning && <Progress />}
    </>
  );
}
