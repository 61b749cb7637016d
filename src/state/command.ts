import type { Session } from './session';
import type { AppState } from './store';

export const COMMAND_GROUPS = ['File', 'Tools', 'View', 'Segments', 'Help'] as const;
export type CommandGroup = (typeof COMMAND_GROUPS)[number];

/** One thing the user can do: what menus, palette, tooltips, shortcuts and their sheet all show and run. */
export interface Command {
  readonly id: string;
  readonly label: string;
  /** What it would do now, for tooltips; undefined where the label says it. */
  hint?(state: AppState): string | undefined;
  readonly group: CommandGroup;
  /**
   * Any of them runs it: keys by what they type, as react-hotkeys-hook names them; `mod` is Ctrl, or ⌘ on a Mac.
   * Commands share one only where never two of them are enabled at once.
   */
  readonly shortcut?: readonly string[];
  /** Whether a key that is kept down runs it again and again. */
  readonly repeats?: true;
  /** Always enabled where it is not given. */
  isEnabled?(state: AppState): boolean;
  run(session: Session): void | Promise<void>;
  /** For commands that last while their key is held: undoes `run` when the key is let go. */
  release?(session: Session): void;
}

export const isCommandEnabled = (command: Command, state: AppState): boolean =>
  command.isEnabled?.(state) ?? true;

/** Runs a command if it is enabled; what goes wrong is shown to the user. Returns whether it ran. */
export function runCommand(session: Session, command: Command): boolean {
  if (!isCommandEnabled(command, session.state)) return false;
  const running = (async () => command.run(session))();
  running.catch((error: unknown) => session.report(error, command.id));
  return true;
}
