import type { Command } from './command';
import type { ToolId } from './store';

const tool = (id: ToolId, label: string, key: string): Command => ({
  id: `tool-${id}`,
  label,
  group: 'Tools',
  shortcut: [key],
  run: (session) => session.setTool(id),
});

export const toolCommands: readonly Command[] = [
  tool('select', 'Select', 'v'),
  tool('pan', 'Pan', 'h'),
  tool('fill', 'Flood fill', 'f'),
  {
    id: 'cancel-run',
    label: 'Cancel what runs',
    group: 'Tools',
    shortcut: ['escape'],
    isEnabled: (state) => state.running !== null,
    run: (session) => session.cancel(),
  },
  {
    id: 'leave-tool',
    label: 'Leave the tool',
    group: 'Tools',
    shortcut: ['escape'],
    isEnabled: (state) => state.running === null && state.tool !== 'select',
    run: (session) => session.setTool('select'),
  },
];
