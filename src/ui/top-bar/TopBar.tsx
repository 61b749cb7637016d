import { FlashlightIcon, Redo2, Search, Share2, Undo2 } from 'lucide-react';
import { runCommand } from '../../state/command';
import { commandById } from '../../state/commands';
import { CommandButton } from '../controls/CommandButton';
import { Shortcut } from '../controls/Shortcut';
import { useSession } from '../session-context';
import { AdapterPill } from './AdapterPill';
import { OpenSource } from './OpenSource';
import { SavedState } from './SavedState';
import { SaveMenu } from './SaveMenu';
import './top-bar.css';

function PaletteButton() {
  const session = useSession();
  const command = commandById('palette');
  return (
    <button
      type="button"
      className="palette-button"
      aria-label={command.label}
      onClick={() => runCommand(session, command)}
    >
      <Search aria-hidden />
      <span className="ellipsis">{command.label}</span>
      <Shortcut shortcut="mod+k" />
    </button>
  );
}

/** What is open, the palette, the adapter, undo and redo, and how to share and save. */
export function TopBar() {
  return (
    <header className="top-bar">
      <div className="top-group">
        <h1 className="brand">
          <FlashlightIcon aria-hidden />
          <span>Floodlight</span>
        </h1>
        <OpenSource />
      </div>
      <PaletteButton />
      <div className="top-group top-right">
        <AdapterPill />
        <div className="top-history">
          <CommandButton command="undo" icon={Undo2} />
          <CommandButton command="redo" icon={Redo2} />
        </div>
        <SavedState />
        <CommandButton command="share" icon={Share2} text="Share" className="button folding" />
        <SaveMenu />
      </div>
    </header>
  );
}
