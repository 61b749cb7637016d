import { Check, CircleDot } from 'lucide-react';
import { useAppState } from '../session-context';

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/** Whether the segmentation is saved, and when it was. */
export function SavedState() {
  const savedAt = useAppState((state) => state.savedAt);
  const unsaved = useAppState((state) => state.unsaved);
  const Icon = unsaved ? CircleDot : Check;
  const text = unsaved
    ? 'Not saved'
    : savedAt === null
      ? 'No changes'
      : `Saved ${clock.format(savedAt)}`;
  return (
    <output className="pill saved-state">
      <Icon aria-hidden />
      {text}
    </output>
  );
}
