import { CircleMinus, CirclePlus, X } from 'lucide-react';
import { useMemo } from 'react';
import { type FfnMark, ffnMarks, isRemovable } from '../../state/ffn-marks';
import { Swatch } from '../controls/Swatch';
import { useAppState, useSession } from '../session-context';

/** What a mark is, for its button: it tells of what taking it away means. */
function removalOf({ kind, zyx, of }: FfnMark): string {
  const what = `Remove the ${kind} at ${zyx.join(', ')}`;
  return of === 'next' ? what : `${what}: segment ${of} grows anew without it`;
}

function MarkRow({ mark }: { mark: FfnMark }) {
  const session = useSession();
  const running = useAppState((state) => state.running);
  const { kind, zyx, of } = mark;
  const id =
    of === 'running' ? (running?.progress?.id ?? null) : typeof of === 'number' ? of : null;
  const Icon = kind === 'seed' ? CirclePlus : CircleMinus;
  const removal = removalOf(mark);
  return (
    <li className="mark-row">
      <Swatch id={id || null} />
      <button
        type="button"
        className="mark-place"
        title={`Go to ${zyx.join(', ')}`}
        onClick={() => session.goTo(zyx)}
      >
        <Icon aria-hidden />
        <span>{mark.kind === 'block' ? `block of ${mark.radius}` : kind}</span>
        <span className="number dim">{zyx.join(', ')}</span>
      </button>
      {isRemovable(mark, running) && (
        <button
          type="button"
          className="icon-button"
          aria-label={removal}
          title={removal}
          onClick={() => void session.ffn.removeMark(mark)}
        >
          <X aria-hidden />
        </button>
      )}
    </li>
  );
}

/** Seeds and blocks as the slices mark them, z, y, x: a click goes there, a cross takes one away. */
export function FfnMarks() {
  const session = useSession();
  const tool = useAppState((state) => state.tool);
  const ffn = useAppState((state) => state.ffn);
  const running = useAppState((state) => state.running);
  const segments = useAppState((state) => state.segments);
  const display = useAppState((state) => state.display);
  const marks = useMemo(
    () => ffnMarks({ tool, ffn, running, segments, display }),
    [tool, ffn, running, segments, display],
  );
  const waiting = ffn.seedsZyx.length;
  if (marks.length === 0) return null;
  return (
    <>
      <ul className="mark-list" aria-label="Seeds and blocks">
        {marks.map((mark) => (
          <MarkRow key={`${mark.of} ${mark.kind} ${mark.index} ${mark.zyx}`} mark={mark} />
        ))}
      </ul>
      {waiting > 0 && (
        <div className="mark-row">
          <span className="dim">
            {waiting === 1 ? '1 seed waits' : `${waiting} seeds wait`} for the next click: all grow
            at once
          </span>
          <button type="button" className="button" onClick={() => session.ffn.dropSeeds()}>
            Drop
          </button>
        </div>
      )}
    </>
  );
}
