import { BACKEND_CHOICES } from './backend-choice';
import type { Command } from './command';
import { PRECISIONS } from './ffn-options';
import type { AppState, ToolId } from './store';
import { segmentVolumeShown } from './volume-runs';

const tool = (id: ToolId, label: string, key: string): Command => ({
  id: `tool-${id}`,
  label,
  group: 'Tools',
  shortcut: [key],
  run: (session) => session.setTool(id),
});

const BACKEND_LABELS = {
  auto: 'Fills run on the GPU if there is one',
  webgpu: 'Fills run on WebGPU',
  cpu: 'Fills run on the processor',
} as const;

const backendCommands = BACKEND_CHOICES.map(
  (choice): Command => ({
    id: `backend-${choice}`,
    label: BACKEND_LABELS[choice],
    group: 'Tools',
    isEnabled: ({ backend, adapter }) =>
      backend !== null &&
      backend.choice !== choice &&
      (choice !== 'webgpu' || adapter.status === 'ready'),
    run: (session) => session.machine.setBackend(choice),
  }),
);

const precisionCommands = PRECISIONS.map(
  (precision): Command => ({
    id: `precision-${precision}`,
    label: `Networks run in ${precision}`,
    group: 'Tools',
    isEnabled: ({ ffn, backend }) =>
      ffn.options.precision !== precision && (precision === 'f32' || backend?.withoutF16 === null),
    run: (session) => session.ffn.setOptions({ precision }),
  }),
);

const isBusy = ({ running, counting, evaluator }: AppState): boolean =>
  running !== null || counting !== null || evaluator.running !== null;

export const toolCommands: readonly Command[] = [
  tool('select', 'Select', 'v'),
  tool('pan', 'Pan', 'h'),
  tool('fill', 'Flood fill', 'f'),
  tool('ffn', 'Flood-filling network', 'n'),
  {
    id: 'pause-run',
    label: 'Pause what runs, or go on',
    group: 'Tools',
    shortcut: ['p'],
    isEnabled: (state) => state.running !== null,
    run: async (session) => {
      await session.runs.setPaused(session.state.running?.isPaused === false);
    },
  },
  {
    id: 'cancel-run',
    label: 'Cancel what runs',
    group: 'Tools',
    shortcut: ['escape'],
    isEnabled: isBusy,
    run: (session) => {
      session.runs.cancel();
      session.counts.cancel();
      session.evaluator.cancel();
    },
  },
  {
    id: 'leave-tool',
    label: 'Leave the tool',
    group: 'Tools',
    shortcut: ['escape'],
    isEnabled: (state) => !isBusy(state) && state.tool !== 'select',
    run: (session) => session.setTool('select'),
  },
  {
    id: 'drop-last-seed',
    label: 'Drop the network’s seed that was collected last',
    group: 'Tools',
    shortcut: ['shift+backspace', 'shift+delete'],
    isEnabled: ({ tool, ffn }) => tool === 'ffn' && ffn.seedsZyx.length > 0,
    run: (session) => session.ffn.dropLastSeed(),
  },
  {
    id: 'segment-volume',
    label: 'Segment the whole volume by a network (within the box of fills, if there is one)',
    group: 'Tools',
    isEnabled: (state) => state.volume !== null && state.running === null,
    run: segmentVolumeShown,
  },
  {
    id: 'count-components',
    label: 'Count connected components (of the stored labels shown, else of the fill range)',
    group: 'Tools',
    isEnabled: (state) => state.volume !== null,
    run: (session) => session.counts.countShown(),
  },
  {
    id: 'evaluate',
    label: 'Compare two label layers: scores, worst merges and splits (evaluate)',
    group: 'Tools',
    isEnabled: (state) => state.volume !== null,
    run: (session) => session.evaluator.setOpen(true),
  },
  {
    id: 'run-evaluation',
    label: 'Compare the chosen label layers',
    group: 'Tools',
    isEnabled: (state) => state.volume !== null && state.evaluator.isOpen,
    run: (session) => session.evaluator.evaluateChosen(),
  },
  {
    id: 'close-evaluation',
    label: 'Close the comparison of label layers',
    group: 'Tools',
    isEnabled: (state) => state.evaluator.isOpen,
    run: (session) => session.evaluator.setOpen(false),
  },
  ...backendCommands,
  ...precisionCommands,
];
