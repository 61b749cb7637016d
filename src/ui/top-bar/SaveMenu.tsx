import {
  Box,
  ChevronDown,
  Download,
  FileArchive,
  FolderOpen,
  HardDrive,
  Layers,
  type LucideIcon,
  SlidersHorizontal,
  X,
} from 'lucide-react';
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

/** What can be saved, and where to. */
export function SaveMenu() {
  const saving = useAppState((state) => state.saving !== null);
  const meshing = useAppState((state) => state.meshing !== null);
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="button folding" aria-label="Save as…">
        <Download aria-hidden />
        <span>Save as…</span>
        <ChevronDown aria-hidden className="chevron" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={6} collisionPadding={8}>
          <Item id="save-labels" icon={Download} />
          <Item id="save-labels-zip" icon={FileArchive} />
          <Item id="save-labels-folder" icon={FolderOpen} />
          <Item id="save-labels-browser" icon={HardDrive} />
          <Item id="save-labels-as" icon={SlidersHorizontal} />
          <Item id="show-saved" icon={Layers} />
          {saving && <Item id="cancel-save" icon={X} />}
          <Item id="save-surface" icon={Box} />
          {meshing && <Item id="cancel-surface" icon={X} />}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
