import type { ToolId } from '../../state/store';
import { Shortcut } from '../controls/Shortcut';
import { useAppState } from '../session-context';

/** What a click of a tool does. */
const CLICKS: Partial<Record<ToolId, string>> = {
  fill: 'Click to fill from a voxel',
  ffn: 'Click to grow an object with the network',
};

/** The one hint of a first visit; gone after the first fill. */
export function Hint() {
  const wanted = useAppState(
    (state) => !state.hintDismissed && state.volume !== null && state.backend !== null,
  );
  const tool = useAppState((state) => state.tool);
  if (!wanted) return null;
  return (
    <p className="hint">
      {CLICKS[tool] ?? (
        <>
          <Shortcut shortcut="f" /> for the fill tool
        </>
      )}
      <span aria-hidden>·</span>
      <Shortcut shortcut="escape" /> cancel
    </p>
  );
}
