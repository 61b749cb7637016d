import { Search } from 'lucide-react';
import { Dialog, VisuallyHidden } from 'radix-ui';
import { useState } from 'react';
import { COMMAND_GROUPS } from '../state/command';
import { commands } from '../state/commands';
import { Shortcut } from './controls/Shortcut';
import { gestures } from './gestures';
import { useAppState, useSession } from './session-context';

interface Row {
  readonly id: string;
  readonly label: string;
  readonly shortcuts: readonly string[];
  readonly gesture?: string;
}

const groups: readonly { readonly name: string; readonly rows: readonly Row[] }[] = [
  ...COMMAND_GROUPS.map((name) => ({
    name,
    rows: commands
      .filter((command) => command.group === name && command.shortcut)
      .map(({ id, label, shortcut = [] }) => ({ id, label, shortcuts: shortcut })),
  })),
  {
    name: 'Pointer',
    rows: gestures.map(({ label, gesture }) => ({ id: label, label, shortcuts: [], gesture })),
  },
];

function SheetList({ search }: { search: string }) {
  const wanted = search.trim().toLowerCase();
  const matches = ({ label, shortcuts, gesture }: Row) =>
    [label, ...shortcuts, gesture ?? ''].join(' ').toLowerCase().includes(wanted);
  const found = groups
    .map(({ name, rows }) => ({ name, rows: rows.filter(matches) }))
    .filter(({ rows }) => rows.length > 0);
  if (found.length === 0) return <p className="dialog-empty">No shortcut is called that.</p>;
  return (
    <div className="sheet-list">
      {found.map(({ name, rows }) => (
        <section key={name} className="sheet-group" aria-label={name}>
          <h2 className="sheet-heading">{name}</h2>
          <dl>
            {rows.map((row) => (
              <div key={row.id} className="sheet-row">
                <dt>{row.label}</dt>
                <dd>
                  {row.gesture}
                  {row.shortcuts.map((shortcut) => (
                    <Shortcut key={shortcut} shortcut={shortcut} />
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}

function Sheet() {
  const [search, setSearch] = useState('');
  return (
    <>
      <div className="dialog-search">
        <Search aria-hidden />
        <input
          aria-label="Search shortcuts"
          placeholder="Search shortcuts"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </div>
      <SheetList search={search} />
    </>
  );
}

/** All shortcuts and gestures, with a search. */
export function ShortcutSheet() {
  const session = useSession();
  const open = useAppState((state) => state.shortcutsOpen);
  return (
    <Dialog.Root open={open} onOpenChange={(next) => session.setShortcutsOpen(next)}>
      <Dialog.Portal>
        <Dialog.Overlay className="dialog-shade" />
        <Dialog.Content className="dialog sheet" aria-describedby={undefined}>
          <VisuallyHidden.Root>
            <Dialog.Title>Shortcuts</Dialog.Title>
          </VisuallyHidden.Root>
          <Sheet />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
