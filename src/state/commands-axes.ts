import type { AxisSelection } from '../engine/protocol';
import type { Command } from './command';
import type { AppState } from './store';

export type { AxisSelection } from '../engine/protocol';
export type { ChannelInfo } from '../volume/model';

type Axis = keyof AxisSelection;

/** How many times or channels there are. */
export const countAlong = ({ volume }: Pick<AppState, 'volume'>, axis: Axis): number =>
  (axis === 't' ? volume?.times : volume?.channels.length) ?? 1;

const step = (axis: Axis, by: 1 | -1, what: string, key: string): Command => ({
  id: `${by > 0 ? 'next' : 'previous'}-${what}`,
  label: `${by > 0 ? 'Next' : 'Previous'} ${what}`,
  group: 'View',
  shortcut: [key],
  repeats: true,
  isEnabled: (state) => {
    const next = state.selection[axis] + by;
    return state.volume !== null && next >= 0 && next < countAlong(state, axis);
  },
  run: async (session) => {
    await session.image.selectAxes({ [axis]: session.state.selection[axis] + by });
  },
});

/** Steps through the times and channels of volumes that have several. */
export const axisCommands: readonly Command[] = [
  step('c', -1, 'channel', 'shift+c'),
  step('c', 1, 'channel', 'c'),
  step('t', -1, 'time', 'shift+t'),
  step('t', 1, 'time', 't'),
];
