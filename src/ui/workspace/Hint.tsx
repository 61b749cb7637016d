import { Shortcut } from '../controls/Shortcut';
import { useAppState } from '../session-context';

/** The one hint of a first visit; gone after the first fill. */
export function Hint() {
  const wanted = useAppState(
    (state) => !state.hintDismissed && state.volume !== null && state.backend !== null,
  );
  const filling = useAppState((state) => state.tool === 'fill' || state.tool === 'ffn');
  if (!wanted) return null;
  return (
    <p className="hint">
      {filling ? (
        'Click to fill from a voxel'
      ) : (
        <>
          <Shortcut shortcut="f" /> for the fill tool
        </>
      )}
      <span aria-hidden>·</span>
      <Shortcut shortcut="escape" /> cancel
    </p>
  );
}
