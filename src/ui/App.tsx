import { Tooltip } from 'radix-ui';
import { ErrorBoundary } from 'react-error-boundary';
import type { Session } from '../state/session';
import './theme.css';
import './controls.css';
import './app.css';
import { AddLayer } from './AddLayer';
import { DropTarget } from './DropTarget';
import { ErrorScreen } from './ErrorScreen';
import { Hotkeys } from './Hotkeys';
import { Notices } from './Notices';
import { Palette } from './Palette';
import { ShortcutSheet } from './ShortcutSheet';
import { StatusBar } from './StatusBar';
import { SessionContext } from './session-context';
import { ModelsDialog } from './side/models/ModelsDialog';
import { SidePanel } from './side/SidePanel';
import { ToolRail } from './ToolRail';
import { SaveDialog } from './top-bar/SaveDialog';
import { TopBar } from './top-bar/TopBar';
import { Workspace } from './workspace/Workspace';

/** The main screen. */
export function App({ session }: { session: Session }) {
  return (
    <ErrorBoundary FallbackComponent={ErrorScreen}>
      <SessionContext value={session}>
        <Tooltip.Provider delayDuration={400} skipDelayDuration={200}>
          <div className="app">
            <TopBar />
            <ToolRail />
            <Workspace />
            <SidePanel />
            <StatusBar />
          </div>
          <Hotkeys />
          <Palette />
          <ShortcutSheet />
          <AddLayer />
          <SaveDialog />
          <ModelsDialog />
          <Notices />
          <DropTarget />
        </Tooltip.Provider>
      </SessionContext>
    </ErrorBoundary>
  );
}
