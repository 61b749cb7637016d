import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Box } from '../core/box';
import { IDENTITY, type Quaternion } from '../core/quaternion';
import type { Zyx } from '../core/vec';
import type {
  AxisSelection,
  BackendInfo,
  Connectivity,
  DisplayState,
  EngineStatistics,
  Evaluation,
  EvaluationProgress,
  FillProgress,
  FillRequest,
  HistoryState,
  ImageFilter,
  LabelDestination,
  MeshProgress,
  SavedLabels,
  SaveProgress,
  SegmentInfo,
  ViewId,
  VoxelProbe,
} from '../engine/protocol';
import type { AdapterInfo } from '../gpu/device';
import type { VolumeInfo } from '../volume/model';
import { type FfnState, INITIAL_FFN, type PlacedMarks } from './ffn-options';
import { type ModelsState, NO_MODELS } from './models-state';
import { DEFAULT_SAVE_OPTIONS, type SaveOptions } from './save-options';

export type {
  BackendChoice,
  BackendId,
  BackendInfo,
  Budgets,
  Evaluation,
  EvaluationFault,
  ImageFilter,
  ImageLayer,
  Layer,
  ModelInfo,
  SegmentInfo,
  VoxelProbe,
} from '../engine/protocol';
export type { AdapterInfo } from '../gpu/device';
export type { VolumeInfo } from '../volume/model';

export type PanelId = ViewId | '3d';
export type ToolId = 'select' | 'fill' | 'ffn' | 'pan';

export type AdapterState =
  | { readonly status: 'starting' }
  | { readonly status: 'ready'; readonly adapter: AdapterInfo }
  | { readonly status: 'missing'; readonly reason: string };

/** How the fill tool turns a click into a criterion. `range` is of image values, ends included. */
export interface FillOptions {
  readonly criterion: 'range' | 'tolerance';
  readonly low: number;
  readonly high: number;
  readonly tolerance: number;
  readonly connectivity: Connectivity;
  /** Most voxels a fill may have; null for no limit. */
  readonly voxelLimit: number | null;
  /** Where a fill may go; null for the whole volume. */
  readonly box: Box | null;
}

export interface RunningFill {
  readonly job: number;
  readonly algorithm: FillRequest['algorithm'];
  readonly seedZyx: Zyx;
  readonly progress: FillProgress | null;
  readonly isPaused: boolean;
  /** Whether it is a run over a volume, not one from a seed. */
  readonly isVolume?: true;
  /** Of a network from seeds: these, and what it is kept out of, steering included. */
  readonly placed?: PlacedMarks;
}

/** A whole surface that is being made. */
export interface RunningMesh {
  readonly job: number;
  readonly progress: MeshProgress | null;
}

export interface RunningSave {
  readonly job: number;
  readonly progress: SaveProgress | null;
}

export interface LastSave {
  readonly destination: LabelDestination;
  readonly saved: Exclude<SavedLabels, Blob>;
}

/** The panel that compares two label layers. */
export interface EvaluatorState {
  readonly isOpen: boolean;
  /** The layers that are chosen, as an `EvaluationQuery` names them; `b` is the truth. */
  readonly a: string;
  readonly b: string;
  /** Whether voxels without a segment in `a` are left out. */
  readonly ignoreZeroSegments: boolean;
  readonly running: { readonly job: number; readonly progress: EvaluationProgress | null } | null;
  readonly result: Evaluation | null;
  /** Which errors are listed, which of them is shown, and which of its pieces is gone to. */
  readonly list: 'merges' | 'splits';
  readonly shown: { readonly id: string; readonly piece: number } | null;
}

export const NO_EVALUATION: EvaluatorState = {
  isOpen: false,
  a: '',
  b: '',
  ignoreZeroSegments: false,
  running: null,
  result: null,
  list: 'merges',
  shown: null,
};

/** A layer that the user asked for and that is not there yet. */
export interface AddingLayer {
  readonly id: number;
  /** Its address, or the name of what it lies in. */
  readonly name: string;
  /** What is asked for it, with its port; null where it is on this machine. */
  readonly host: string | null;
}

/** A message for the user; the same `key` replaces what it said before. */
export interface Notice {
  readonly key: string;
  readonly kind: 'error' | 'info';
  readonly text: string;
}

/** What the page shows. No typed arrays, no GPU handles, no 3-D camera. */
export interface AppState {
  readonly adapter: AdapterState;
  /** What segmentations run on; null until the engine has started. */
  readonly backend: BackendInfo | null;
  readonly volume: VolumeInfo | null;
  /** Which of its times and channels is looked at. */
  readonly selection: AxisSelection;
  /** URL that is being opened. */
  readonly opening: string | null;
  /** Voxel at the cross-hair, finest level. */
  readonly positionZyx: Zyx;
  /** How all slice views are turned from the volume's axes. */
  readonly orientation: Quaternion;
  /** Nanometres per device pixel in the slice views. */
  readonly nmPerPixel: number;
  readonly maximized: PanelId | null;
  /** The slice view that was pointed at last; keys that step through slices act on it. */
  readonly activeView: ViewId;
  readonly tool: ToolId;
  readonly display: DisplayState;
  readonly fillOptions: FillOptions;
  readonly ffn: FfnState;
  /** What the image is seen and filled through. */
  readonly imageFilter: ImageFilter;
  readonly running: RunningFill | null;
  /** The count of components that runs. */
  readonly counting: number | null;
  readonly evaluator: EvaluatorState;
  readonly segments: readonly SegmentInfo[];
  /** What can be undone and redone, in words. */
  readonly history: HistoryState;
  /** Under the pointer; null when it is over no voxel. */
  readonly probe: VoxelProbe | null;
  readonly histogram: { low: number; high: number; counts: number[] } | null;
  /** Why it could not be read the last time. */
  readonly histogramFailure: Error | null;
  readonly statistics: EngineStatistics | null;
  readonly lastError: Error | null;
  readonly notices: readonly Notice[];
  /** When the segmentation was last saved (ms since 1970), and whether it changed since. */
  readonly savedAt: number | null;
  readonly unsaved: boolean;
  /** The save that runs; how labels are saved, and where this volume's were last. */
  readonly saving: RunningSave | null;
  readonly meshing: RunningMesh | null;
  readonly saveOptions: SaveOptions;
  readonly lastSave: LastSave | null;
  readonly hintDismissed: boolean;
  readonly paletteOpen: boolean;
  readonly shortcutsOpen: boolean;
  /** Whether the popover that asks for a source is open. */
  readonly openerOpen: boolean;
  /** Whether the dialog that asks for a layer is open, and those that are being opened. */
  readonly layerAdderOpen: boolean;
  readonly addingLayers: readonly AddingLayer[];
  readonly budgetsOpen: boolean;
  readonly saverOpen: boolean;
  readonly models: ModelsState;
}

export type AppStore = StoreApi<AppState>;

export const initialState: AppState = {
  adapter: { status: 'starting' },
  backend: null,
  volume: null,
  selection: { t: 0, c: 0 },
  opening: null,
  positionZyx: [0, 0, 0],
  orientation: IDENTITY,
  nmPerPixel: 8,
  maximized: null,
  activeView: 'xy',
  tool: 'fill',
  display: {
    layers: [],
    overlaysOff: false,
    imagesOff: false,
    selectedIds: [],
    hiddenIds: [],
  },
  fillOptions: {
    criterion: 'range',
    low: 0,
    high: 255,
    tolerance: 20,
    connectivity: 6,
    voxelLimit: null,
    box: null,
  },
  ffn: INITIAL_FFN,
  imageFilter: { kind: 'none' },
  running: null,
  counting: null,
  evaluator: NO_EVALUATION,
  segments: [],
  history: { undo: null, redo: null },
  probe: null,
  histogram: null,
  histogramFailure: null,
  statistics: null,
  lastError: null,
  notices: [],
  savedAt: null,
  unsaved: false,
  saving: null,
  meshing: null,
  saveOptions: DEFAULT_SAVE_OPTIONS,
  lastSave: null,
  hintDismissed: false,
  paletteOpen: false,
  shortcutsOpen: false,
  openerOpen: false,
  layerAdderOpen: false,
  addingLayers: [],
  budgetsOpen: false,
  saverOpen: false,
  models: NO_MODELS,
};

export const createAppStore = (): AppStore => createStore<AppState>(() => initialState);
