import { IDENTITY, isIdentity } from '../core/quaternion';
import type { Command } from './command';
import type { AppState } from './store';

const hasVolume = (state: AppState): boolean => state.volume !== null;

const step = (id: string, label: string, key: string, by: number): Command => ({
  id,
  label,
  group: 'View',
  shortcut: [key],
  repeats: true,
  isEnabled: hasVolume,
  run: (session) => session.navigation.step(session.state.activeView, by),
});

/** What one press of a key turns. */
const TURN_RADIANS = Math.PI / 36;

const roll = (id: string, label: string, key: string, radians: number): Command => ({
  id,
  label,
  group: 'View',
  shortcut: [key],
  repeats: true,
  isEnabled: hasVolume,
  run: (session) => session.navigation.roll(session.state.activeView, radians),
});

/** What moves and turns the slice views. */
export const sliceCommands: readonly Command[] = [
  step('previous-slice', 'Previous slice', ',', -1),
  step('next-slice', 'Next slice', '.', 1),
  roll('roll-left', 'Turn the slice in its plane, to the left', 'e', -TURN_RADIANS),
  roll('roll-right', 'Turn the slice in its plane, to the right', 'r', TURN_RADIANS),
  {
    id: 'reset-orientation',
    label: 'Reset orientation: slices along the axes',
    group: 'View',
    shortcut: ['z'],
    isEnabled: (state) => hasVolume(state) && !isIdentity(state.orientation),
    run: (session) => session.navigation.setOrientation(IDENTITY),
  },
];
