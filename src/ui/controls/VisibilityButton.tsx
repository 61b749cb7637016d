import { Eye, EyeOff } from 'lucide-react';

interface Props {
  /** What is shown or hidden, as the rest of “Show …” and “Hide …”. */
  readonly what: string;
  readonly visible: boolean;
  readonly tabIndex?: number;
  onChange(visible: boolean): void;
}

/** The eye that shows and hides. */
export function VisibilityButton({ what, visible, tabIndex, onChange }: Props) {
  const Icon = visible ? Eye : EyeOff;
  const label = `${visible ? 'Hide' : 'Show'} ${what}`;
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      title={label}
      {...(tabIndex === undefined ? {} : { tabIndex })}
      onClick={(event) => {
        event.stopPropagation();
        onChange(!visible);
      }}
      onDoubleClick={(event) => event.stopPropagation()}
    >
      <Icon aria-hidden />
    </button>
  );
}
