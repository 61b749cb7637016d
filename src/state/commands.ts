import type { Command } from './command';
import { fileCommands } from './commands-file';
import { modelCommands } from './commands-models';
import { segmentCommands } from './commands-segments';
import { toolCommands } from './commands-tools';
import { viewCommands } from './commands-view';
import { parseTriple } from './share';

const helpCommands: readonly Command[] = [
  {
    id: 'palette',
    label: 'Go to, run, open…',
    group: 'Help',
    shortcut: ['mod+k'],
    run: (session) => session.setPaletteOpen(!session.state.paletteOpen),
  },
  {
    id: 'shortcuts',
    label: 'Show all shortcuts',
    group: 'Help',
    shortcut: ['shift+?'],
    run: (session) => session.setShortcutsOpen(true),
  },
];

/** Every command there is, in the order in which lists show them. */
export const commands: readonly Command[] = [
  ...fileCommands,
  ...toolCommands,
  ...modelCommands,
  ...viewCommands,
  ...segmentCommands,
  ...helpCommands,
];

const byId = new Map(commands.map((command) => [command.id, command]));

/** The command of that id; a RangeError for one that does not exist, which is a mistake in the code. */
export function commandById(id: string): Command {
  const command = byId.get(id);
  if (!command) throw new RangeError(`There is no command ${id}`);
  return command;
}

/** Every shortcut with the commands that share it. */
export const commandsByShortcut: ReadonlyMap<string, readonly Command[]> = groupByShortcut();

function groupByShortcut(): Map<string, Command[]> {
  const groups = new Map<string, Command[]>();
  for (const command of commands) {
    for (const shortcut of command.shortcut ?? []) {
      groups.set(shortcut, [...(groups.get(shortcut) ?? []), command]);
    }
  }
  return groups;
}

/** What a typed text means by itself: a place to go to, written x, y, z, or an address to open; null for neither. */
export function commandForText(text: string): Command | null {
  const place = parseTriple(text);
  if (place) {
    const [x, y, z] = place;
    return {
      id: 'go-to',
      label: `Go to x ${x}, y ${y}, z ${z}`,
      group: 'View',
      isEnabled: (state) => state.volume !== null,
      run: (session) => session.goTo([z, y, x]),
    };
  }
  const address = text.trim();
  if (!/^https?:\/\/\S+$/i.test(address)) return null;
  return {
    id: 'open-address',
    label: `Open ${address}`,
    group: 'File',
    run: async (session) => {
      // The session shows what fails.
      await session.opener.open(address).catch(() => undefined);
    },
  };
}
