import { Box, ChevronDown, Download, FileArchive, type LucideIcon } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { isCommandEnabled, runCommand } from '../../state/command';
import { commandById } from '../../state/commands';
import { Shortcut } from '../controls/Shortcut';
import { useAppState, useSession } from '../session-context';

function Item({ id, icon: Icon }: { id: string; icon: LucideIcon }) {
  const session = useSession();
  const command = commandById(id);
  const enabled = useAppState((state) => isCommandEnabled(command, state));
  const shortcut = command.shortcut?.[0];
  return (
    <DropdownMenu.Item
      className="menu-item"
      disabled={!enabled}
      onSelect={() => runCommand(session, command)}
    >
      <Icon aria-hidden />
      {command.label}
      {shortcut && <Shortcut shortcut={shortcut} />}
    </DropdownMenu.Item>
  );
}

/** What can be saved. */
export function SaveMenu() {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="button folding" aria-label="Save as…">
        <Download aria-hidden />
        <span>Save as…</span>
        <ChevronDown aria-hidden className="chevron" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={6} collisionPadding={8}>
          <Item id="save-labels" icon={FileArchive} />
          <Item id="save-surface" icon={Box} />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
