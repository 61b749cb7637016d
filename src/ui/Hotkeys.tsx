import { useEffect, useRef } from 'react';
import { useHotkeys } from 'react-hotkeys-hook';
import { type Command, isCommandEnabled, runCommand } from '../state/command';
import { commandsByShortcut } from '../state/commands';
import type { AppState } from '../state/store';
import { useSession } from './session-context';

/** Controls that take a few keys for themselves, none of which is a shortcut. */
const SHARED_CONTROLS = ['slider', 'radio', 'menuitem', 'option'] as const;
const ALL_CONTROLS = [...SHARED_CONTROLS, 'input', 'textarea', 'select'] as const;

const dialogOpen = (state: AppState): boolean =>
  state.paletteOpen || state.shortcutsOpen || state.saverOpen;

/** One shortcut: runs the enabled one of the commands that share it. */
function Hotkey({ shortcut, commands }: { shortcut: string; commands: readonly Command[] }) {
  const session = useSession();
  const held = useRef<Command | null>(null);
  const withModifier = shortcut.startsWith('mod+');

  const find = () =>
    dialogOpen(session.state) && shortcut !== 'mod+k'
      ? undefined
      : commands.find((command) => isCommandEnabled(command, session.state));

  const release = () => {
    held.current?.release?.(session);
    held.current = null;
  };

  const press = (event: KeyboardEvent) => {
    const command = find();
    if (!command || (event.repeat && !command.repeats)) return;
    runCommand(session, command);
    if (command.release) held.current = command;
  };

  useHotkeys(shortcut, (event) => (event.type === 'keyup' ? release() : press(event)), {
    keydown: true,
    keyup: true,
    // Letters and signs by what they type; digits by their place, since some layouts need Shift for them.
    useKey: !/^\d$/.test(shortcut),
    delimiter: ' ',
    enableOnFormTags: withModifier ? ALL_CONTROLS : SHARED_CONTROLS,
    // An open popover or menu that closes on Esc has taken the key.
    ignoreEventWhen: (event) => event.defaultPrevented,
    // Ctrl-S and Ctrl-O never fall through to the browser's own dialogs.
    preventDefault: () => withModifier || find() !== undefined,
  });

  useEffect(() => {
    const stop = () => {
      held.current?.release?.(session);
      held.current = null;
    };
    window.addEventListener('blur', stop);
    return () => window.removeEventListener('blur', stop);
  }, [session]);

  return null;
}

/** All shortcuts of the registry. */
export function Hotkeys() {
  return [...commandsByShortcut].map(([shortcut, commands]) => (
    <Hotkey key={shortcut} shortcut={shortcut} commands={commands} />
  ));
}
