import { SEGMENTS_LAYER, VOLUME_LAYER } from '../engine/protocol';
import type { Command } from './command';
import { axisCommands } from './commands-axes';
import { sliceCommands } from './commands-slices';
import { FILTER_DEFAULTS } from './image-filter';
import { isRemovable, unshownLabels } from './layers';
import type { Session } from './session';
import { pickFolder, pickZip } from './source-picker';
import type { AppState, Layer, PanelId } from './store';
import { toggleTheme } from './theme';

const hasVolume = (state: AppState): boolean => state.volume !== null;

const maximize = (panel: PanelId, key: string): Command => ({
  id: `maximize-${panel}`,
  label: `Show ${panel === '3d' ? '3-D' : panel} alone`,
  group: 'View',
  shortcut: [key],
  run: (session) => session.maximize(panel),
});

const layerOf = (state: AppState, id: string): Layer | undefined =>
  state.display.layers.find((layer) => layer.id === id);

function stepLabelOpacity(session: Session, by: number): void {
  const opacity = (layerOf(session.state, SEGMENTS_LAYER)?.opacity ?? 0) + by;
  const rounded = Math.round(Math.min(Math.max(opacity, 0), 1) * 100) / 100;
  session.layers.set(SEGMENTS_LAYER, { opacity: rounded });
}

const toggleLayer = (session: Session, id: string): void =>
  session.layers.set(id, { visible: !layerOf(session.state, id)?.visible });

const FILTER_LABELS = {
  none: 'Show the EM as it is stored',
  gaussian: 'Smooth the EM',
  clahe: 'Equalize the EM’s contrast (CLAHE)',
} as const;

const filterCommands = (['none', 'gaussian', 'clahe'] as const).map(
  (kind): Command => ({
    id: `filter-${kind}`,
    label: FILTER_LABELS[kind],
    group: 'View',
    isEnabled: (state) => hasVolume(state) && state.imageFilter.kind !== kind,
    run: async (session) => {
      const { volume } = session.state;
      if (volume) await session.image.setFilter(FILTER_DEFAULTS[kind](volume.voxelSizeNm));
    },
  }),
);

export const viewCommands: readonly Command[] = [
  ...sliceCommands,
  ...axisCommands,
  maximize('xy', '1'),
  maximize('xz', '2'),
  maximize('zy', '3'),
  maximize('3d', '4'),
  {
    id: 'frame-3d',
    label: 'Show the whole volume in 3-D',
    group: 'View',
    isEnabled: hasVolume,
    run: (session) => session.scene.frame(),
  },
  {
    id: 'look-at-position',
    label: 'Look closely at the position in 3-D',
    group: 'View',
    isEnabled: hasVolume,
    run: (session) => session.scene.lookAtPosition(),
  },
  {
    id: 'show-all-panels',
    label: 'Show all four panels',
    group: 'View',
    shortcut: ['0'],
    run: (session) => session.maximize(null),
  },
  {
    id: 'hold-labels-off',
    label: 'Labels off while held',
    group: 'View',
    shortcut: ['a'],
    isEnabled: (state) => !state.display.overlaysOff,
    run: (session) => session.setDisplay({ overlaysOff: true }),
    release: (session) => session.setDisplay({ overlaysOff: false }),
  },
  {
    id: 'hold-image-off',
    label: 'EM off while held',
    group: 'View',
    shortcut: ['d'],
    isEnabled: (state) => !state.display.imagesOff,
    run: (session) => session.setDisplay({ imagesOff: true }),
    release: (session) => session.setDisplay({ imagesOff: false }),
  },
  {
    id: 'label-opacity-down',
    label: 'Segments fainter',
    group: 'View',
    shortcut: ['['],
    repeats: true,
    isEnabled: hasVolume,
    run: (session) => stepLabelOpacity(session, -0.05),
  },
  {
    id: 'label-opacity-up',
    label: 'Segments stronger',
    group: 'View',
    shortcut: [']'],
    repeats: true,
    isEnabled: hasVolume,
    run: (session) => stepLabelOpacity(session, 0.05),
  },
  {
    id: 'toggle-labels',
    label: 'Show or hide the segments’ layer',
    group: 'View',
    isEnabled: hasVolume,
    run: (session) => toggleLayer(session, SEGMENTS_LAYER),
  },
  {
    id: 'toggle-image',
    label: 'Show or hide the EM',
    group: 'View',
    isEnabled: hasVolume,
    run: (session) => toggleLayer(session, VOLUME_LAYER),
  },
  {
    id: 'add-layer',
    label: 'Add a layer…',
    group: 'View',
    isEnabled: hasVolume,
    run: (session) => session.setLayerAdderOpen(true),
  },
  {
    id: 'add-layer-folder',
    label: 'Add a folder of this machine as a layer…',
    group: 'View',
    isEnabled: hasVolume,
    run: (session) => session.layerAdding.addPicked(pickFolder),
  },
  {
    id: 'add-layer-zip',
    label: 'Add a zip of this machine as a layer…',
    group: 'View',
    isEnabled: hasVolume,
    run: (session) => session.layerAdding.addPicked(pickZip),
  },
  {
    id: 'add-stored-labels',
    label: 'Show all labels stored with the volume',
    group: 'View',
    isEnabled: (state) => unshownLabels(state).length > 0,
    run: async (session) => {
      for (const stored of unshownLabels(session.state)) await session.layerAdding.add({ stored });
    },
  },
  {
    id: 'remove-layers',
    label: 'Remove all added layers',
    group: 'View',
    isEnabled: (state) => state.display.layers.some(isRemovable),
    run: async (session) => {
      for (const { id } of session.state.display.layers.filter(isRemovable))
        await session.layers.remove(id);
    },
  },
  ...filterCommands,
  {
    id: 'budgets',
    label: 'Set what may be taken of GPU, memory and disk…',
    group: 'View',
    run: (session) => session.setBudgetsOpen(true),
  },
  {
    id: 'clear-disk-cache',
    label: 'Clear the cache of chunks on disk',
    group: 'View',
    run: (session) => session.machine.clearDiskCache(),
  },
  {
    id: 'keep-disk-cache',
    label: 'Ask the browser to keep the cache on disk for good',
    group: 'View',
    run: async (session) => {
      await session.machine.keepDiskCache();
    },
  },
  {
    id: 'retry-failed',
    label: 'Read again what could not be read',
    group: 'View',
    isEnabled: (state) =>
      (state.statistics?.bricksFailed ?? 0) > 0 || state.histogramFailure !== null,
    run: (session) => session.image.readAgain(),
  },
  {
    id: 'toggle-theme',
    label: 'Dark or light frame',
    group: 'View',
    run: toggleTheme,
  },
];
