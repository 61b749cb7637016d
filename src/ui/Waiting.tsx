import { formatAskedAgain } from './format';
import { useAppState } from './session-context';
import { useLasting } from './use-lasting';
import { useSecondsUntil } from './use-rates';

/** What is there sooner need not be seen to be waited for. */
const QUICK_MILLISECONDS = 300;

interface Props {
  readonly name: string;
  /** What is asked for it; null where it is on this machine. */
  readonly host: string | null;
  onCancel(): void;
}

/** A source that is waited for: why, and the way to call it off. */
export function Waiting({ name, host, onCancel }: Props) {
  const busy = useAppState((state) => state.statistics?.busyHost ?? null);
  const isBusy = busy !== null && busy.host === host;
  const seconds = useSecondsUntil(isBusy ? busy.until : null);
  const lasting = useLasting(name, QUICK_MILLISECONDS);
  if (lasting === null) return null;
  const reason = isBusy
    ? `${host} is busy: asked again ${formatAskedAgain(seconds)}`
    : host === null
      ? 'is being read'
      : `${host} has not answered yet`;
  return (
    <div className="waiting">
      <span className="ellipsis" title={name}>
        {name}
      </span>
      <span className="dim" role="status">
        {reason}
      </span>
      <button type="button" className="button" aria-label={`Cancel ${name}`} onClick={onCancel}>
        Cancel
      </button>
    </div>
  );
}
