import { Pause, Play, X } from 'lucide-react';
import { CommandButton } from '../controls/CommandButton';

/** Holds what runs, or lets it go on, and cancels it. */
export function RunButtons({ isPaused }: { isPaused: boolean }) {
  return (
    <div className="run-buttons">
      <CommandButton
        command="pause-run"
        icon={isPaused ? Play : Pause}
        text={isPaused ? 'Go on' : 'Pause'}
        className="button"
        showShortcut
      />
      <CommandButton command="cancel-run" icon={X} text="Cancel" className="button" showShortcut />
    </div>
  );
}
