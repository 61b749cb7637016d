import type { LucideIcon } from 'lucide-react';
import { isCommandEnabled, runCommand } from '../../state/command';
import { commandById } from '../../state/commands';
import { useAppState, useSession } from '../session-context';
import { Hover } from './Hover';
import { Shortcut } from './Shortcut';

interface Props {
  readonly command: string;
  readonly icon: LucideIcon;
  /** Short text beside the icon; without it the button is the icon alone. */
  readonly text?: string;
  readonly className?: string;
  readonly showShortcut?: boolean;
}

/** A button that runs a command of the registry, with what it does and its key as the tooltip. */
export function CommandButton(props: Props) {
  const { icon: Icon, text, showShortcut } = props;
  const session = useSession();
  const command = commandById(props.command);
  const enabled = useAppState((state) => isCommandEnabled(command, state));
  const hint = useAppState((state) => command.hint?.(state));
  const shortcut = command.shortcut?.[0];
  const button = (
    <button
      type="button"
      className={props.className ?? (text ? 'button' : 'icon-button')}
      aria-label={command.label}
      disabled={!enabled}
      onClick={() => runCommand(session, command)}
    >
      <Icon aria-hidden />
      {text && <span>{text}</span>}
      {showShortcut && shortcut && <Shortcut shortcut={shortcut} />}
    </button>
  );
  if (showShortcut) return button;
  return (
    <Hover text={hint ?? command.label} shortcut={shortcut}>
      {button}
    </Hover>
  );
}
