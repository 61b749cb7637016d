import type { Command } from './command';
import type { AppState } from './store';

const hasSelection = (state: AppState): boolean => state.display.selectedIds.length > 0;

export const segmentCommands: readonly Command[] = [
  {
    id: 'undo',
    label: 'Undo the last fill or removal',
    hint: ({ history, running }) =>
      running ? 'Cancel what runs' : history.undo ? `Undo: ${history.undo}` : undefined,
    group: 'Segments',
    shortcut: ['mod+z'],
    // What runs is the last change: it is cancelled.
    isEnabled: ({ history, running }) => history.undo !== null || running !== null,
    run: async (session) => {
      const { history, running } = session.state;
      if (!(await session.engine.undo())) return;
      session.inform(running ? 'Cancelled: what ran.' : `Undone: ${history.undo}.`, 'history');
    },
  },
  {
    id: 'redo',
    label: 'Redo what was undone',
    hint: ({ history }) => (history.redo ? `Redo: ${history.redo}` : undefined),
    group: 'Segments',
    shortcut: ['mod+shift+z'],
    isEnabled: ({ history, running }) => history.redo !== null && running === null,
    run: async (session) => {
      const { redo } = session.state.history;
      if (await session.engine.redo()) session.inform(`Redone: ${redo}.`, 'history');
    },
  },
  {
    id: 'go-to-segment',
    label: 'Go to the selected segment’s seed',
    group: 'Segments',
    isEnabled: hasSelection,
    run: (session) => {
      const [id] = session.state.display.selectedIds;
      const segment = session.state.segments.find((other) => other.id === id);
      if (segment) session.goTo(segment.seedZyx);
    },
  },
  {
    id: 'toggle-selected',
    label: 'Show or hide the selected segments',
    group: 'Segments',
    isEnabled: hasSelection,
    run: (session) => {
      const { selectedIds, hiddenIds } = session.state.display;
      const others = hiddenIds.filter((id) => !selectedIds.includes(id));
      const allHidden = selectedIds.every((id) => hiddenIds.includes(id));
      session.setDisplay({ hiddenIds: allHidden ? others : [...others, ...selectedIds] });
    },
  },
  {
    id: 'show-only-selected',
    label: 'Hide all but the selected segments',
    group: 'Segments',
    isEnabled: hasSelection,
    run: (session) => {
      const { segments, display } = session.state;
      const ids = segments.map((segment) => segment.id);
      session.setDisplay({ hiddenIds: ids.filter((id) => !display.selectedIds.includes(id)) });
    },
  },
  {
    id: 'show-all-segments',
    label: 'Show all segments',
    group: 'Segments',
    isEnabled: (state) => state.display.hiddenIds.length > 0,
    run: (session) => session.setDisplay({ hiddenIds: [] }),
  },
  {
    id: 'remove-selected',
    label: 'Remove the selected segments',
    group: 'Segments',
    shortcut: ['delete', 'backspace'],
    isEnabled: hasSelection,
    run: async (session) => {
      await Promise.all(session.state.display.selectedIds.map((id) => session.remove(id)));
    },
  },
  {
    id: 'clear-selection',
    label: 'Clear the selection',
    group: 'Segments',
    shortcut: ['escape'],
    isEnabled: (state) => state.running === null && state.tool === 'select' && hasSelection(state),
    run: (session) => session.select([]),
  },
];
