import { Command as Menu } from 'cmdk';
import { Search } from 'lucide-react';
import { Dialog, VisuallyHidden } from 'radix-ui';
import { useState } from 'react';
import { COMMAND_GROUPS, type Command, isCommandEnabled, runCommand } from '../state/command';
import { commandForText, commands } from '../state/commands';
import { Shortcut } from './controls/Shortcut';
import './dialogs.css';
import { useAppState, useSession } from './session-context';

/** Commands that last while a key is held have no place in a list that is clicked. */
const listed = commands.filter((command) => !command.release && command.id !== 'palette');

function Item({ command, keyword }: { command: Command; keyword?: string }) {
  const session = useSession();
  const enabled = useAppState((state) => isCommandEnabled(command, state));
  const run = () => {
    session.setPaletteOpen(false);
    runCommand(session, command);
  };
  return (
    <Menu.Item
      className="menu-item"
      value={command.label}
      {...(keyword ? { keywords: [keyword] } : {})}
      disabled={!enabled}
      onSelect={run}
    >
      <span className="ellipsis">{command.label}</span>
      {command.shortcut?.[0] && <Shortcut shortcut={command.shortcut[0]} />}
    </Menu.Item>
  );
}

function PaletteMenu() {
  const [text, setText] = useState('');
  const typed = commandForText(text);
  return (
    <Menu label="Commands" loop>
      <div className="dialog-search">
        <Search aria-hidden />
        <Menu.Input
          value={text}
          onValueChange={setText}
          placeholder="A command, a place (x, y, z) or the address of a Zarr"
        />
      </div>
      <Menu.List className="dialog-list">
        <Menu.Empty className="dialog-empty">
          No command is called that. Places are written x, y, z.
        </Menu.Empty>
        {typed && (
          <Menu.Group heading="Typed">
            <Item command={typed} keyword={text} />
          </Menu.Group>
        )}
        {COMMAND_GROUPS.map((group) => (
          <Menu.Group key={group} heading={group}>
            {listed
              .filter((command) => command.group === group)
              .map((command) => (
                <Item key={command.id} command={command} />
              ))}
          </Menu.Group>
        ))}
      </Menu.List>
    </Menu>
  );
}

/** Every command by its name; places and addresses by being typed. */
export function Palette() {
  const session = useSession();
  const open = useAppState((state) => state.paletteOpen);
  return (
    <Dialog.Root open={open} onOpenChange={(next) => session.setPaletteOpen(next)}>
      <Dialog.Portal>
        <Dialog.Overlay className="dialog-shade" />
        <Dialog.Content className="dialog palette" aria-describedby={undefined}>
          <VisuallyHidden.Root>
            <Dialog.Title>Command palette</Dialog.Title>
          </VisuallyHidden.Root>
          <PaletteMenu />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
