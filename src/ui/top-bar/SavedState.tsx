import { Check, CircleDot, Download } from 'lucide-react';
import { useAppState } from '../session-context';

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/** Whether the segmentation is saved, and when it was; while it is being saved, how far that is. */
export function SavedState() {
  const savedAt = useAppState((state) => state.savedAt);
  const unsaved = useAppState((state) => state.unsaved);
  const saving = useAppState((state) => state.saving);
  const { bricks = 0, bricksTotal = 0 } = saving?.progress ?? {};
  const percent = Math.floor((100 * bricks) / Math.max(bricksTotal, 1));
  const Icon = saving ? Download : unsaved ? CircleDot : Check;
  const settled = unsaved
    ? 'Not saved'
    : savedAt === null
      ? 'No changes'
      : `Saved ${clock.format(savedAt)}`;
  return (
    <output className="pill saved-state">
      <Icon aria-hidden />
      {saving ? `Saving ${percent} %` : settled}
    </output>
  );
}
