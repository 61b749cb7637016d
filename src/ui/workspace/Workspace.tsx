import { Cell, Grid, Gridline } from 'react-resizable-panels';
import type { PanelId } from '../../state/store';
import { useAppState } from '../session-context';
import { Hint } from './Hint';
import { PanelFrame } from './PanelFrame';
import { ScenePanel } from './ScenePanel';
import { SlicePanel } from './SlicePanel';
import './workspace.css';

interface Place {
  readonly panel: PanelId;
  readonly row: number;
  readonly column: number;
}

const PLACES: readonly Place[] = [
  { panel: 'xy', row: 0, column: 0 },
  { panel: 'zy', row: 0, column: 1 },
  { panel: 'xz', row: 1, column: 0 },
  { panel: '3d', row: 1, column: 1 },
];

const TRACKS = ['first', 'second'].map((id) => ({ id, minSize: 120 }));

/** The four views, resizable; any one of them alone, the others staying mounted behind it. */
export function Workspace() {
  const maximized = useAppState((state) => state.maximized);
  const isStarted = useAppState((state) => state.adapter.status !== 'starting');
  return (
    <main className="workspace" aria-label="Views">
      <Grid columns={TRACKS} rows={TRACKS} disabled={maximized !== null}>
        {PLACES.map(({ panel, row, column }) => (
          <Cell key={panel} className="panel-cell" row={row} column={column}>
            <PanelFrame panel={panel}>
              {panel === '3d' ? (
                <ScenePanel ready={isStarted} />
              ) : (
                <SlicePanel view={panel} ready={isStarted} />
              )}
              {panel === 'xy' && <Hint />}
            </PanelFrame>
          </Cell>
        ))}
        <Gridline type="column" column={1} className="gridline" />
        <Gridline type="row" row={1} className="gridline" />
      </Grid>
    </main>
  );
}
