import { Check, CircleDot, Download } from 'lucide-react';
import { useAppState } from '../session-context';

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/**
 * Whether the segmentation is saved, and when it was; while it is being saved, or a whole surface made of it, how far that is.
 */
export function SavedState() {
  const savedAt = useAppState((state) => state.savedAt);
  const unsaved = useAppState((state) => state.unsaved);
  const saving = useAppState((state) => state.saving);
  const meshing = useAppState((state) => state.meshing);
  const running = saving ?? meshing;
  const { bricks = 0, bricksTotal = 0 } = running?.progress ?? {};
  const percent = Math.floor((100 * bricks) / Math.max(bricksTotal, 1));
  const Icon = running ? Download : unsaved ? CircleDot : Check;
  const settled = unsaved
    ? 'Not saved'
    : savedAt === null
      ? 'No changes'
      : `Saved ${clock.format(savedAt)}`;
  return (
    <output className="pill saved-state">
      <Icon aria-hidden />
      {running ? `${saving ? 'Saving' : 'Surface'} ${percent} %` : settled}
    </output>
  );
}
