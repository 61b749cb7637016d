/**
 * What crosses between the page and the engine worker: plain data, transferable arrays, and the typed calls.
 * `client.ts` is the page's side of it, `engine.ts` the worker's. Others import all of it from here; the types of each subject stand
 * in `protocol/`, or beside what makes them.
 */
import type { Box } from '../core/box';
import type { ErrorRecord } from '../core/errors';
import type { SliceView, ViewId } from '../core/slice-geometry';
import type { Zyx } from '../core/vec';
import type { AdapterInfo } from '../gpu/device';
import type { ModelInfo } from '../models/describe-model';
import type { ImageFilter } from '../normalize/filter';
import type { ModelDetails } from '../segment/ffn/model';
import type { AxisSelection, VolumeInfo } from '../volume/model';
import type { VolumeSource } from '../volume/open-store';
import type { Budgets } from './budgets';
import type { HistoryState } from './edit-history';
import type { Evaluation, EvaluationProgress, EvaluationQuery } from './evaluate/types';
import type { VolumeRequest, VolumeResult } from './ffn/volume/types';
import type {
  AxisChoice,
  Layer,
  LayerOptions,
  LayerSeen,
  LayerSource,
  OpenLayerCall,
} from './layer';
import type { ImportProgress } from './models/fetch-files';
import type { ModelSource } from './models/model-imports';
import type { ModelList } from './models/model-library';
import type {
  ComponentsCount,
  ComponentsQuery,
  FillProgress,
  FillRequest,
  FillResult,
  SegmentInfo,
  Steering,
} from './protocol/fills';
import type { BackendChoice, BackendInfo, EngineStatistics } from './protocol/machine';
import type { SlicePicture } from './protocol/pictures';
import type { ImageRead, ReadArray, VoxelProbe } from './protocol/reads';
import type { SavedLabels, SaveLabelsOptions, SaveProgress } from './protocol/saves';
import type { MeshProgress, SavedMesh, SegmentMesh, SurfaceState } from './protocol/surfaces';
import type { SceneCamera } from './surfaces/scene-camera';

export type { SliceView, ViewId } from '../core/slice-geometry';
export type { SurfaceMesh } from '../core/surface';
export type { ModelInfo } from '../models/describe-model';
export { isModelFile } from '../models/file-names';
export type { ImageFilter } from '../normalize/filter';
export type { ModelDetails } from '../segment/ffn/model';
export type { Block, FfnParams } from '../segment/ffn/params';
export type { FloodFillParams } from '../segment/flood-fill/params';
export type { Connectivity } from '../segment/flood-fill/plan';
export { PRECISIONS, type Precision } from '../segment/network/network';
export type { AxisSelection } from '../volume/model';
export type { VolumeSource } from '../volume/open-store';
export { type Budgets, LEAST_BUDGETS } from './budgets';
export type { HistoryState } from './edit-history';
export type {
  Evaluation,
  EvaluationFault,
  EvaluationFaults,
  EvaluationPiece,
  EvaluationProgress,
  EvaluationQuery,
} from './evaluate/types';
export type { VolumeProgress, VolumeRequest, VolumeResult } from './ffn/volume/types';
export {
  type AxisChoice,
  BLENDINGS,
  type Blending,
  type ImageLayer,
  type LabelsLayer,
  type Layer,
  type LayerAxes,
  type LayerKind,
  type LayerOptions,
  type LayerOrigin,
  type LayerPlacement,
  type LayerSeen,
  type LayerSource,
  SEGMENTS_LAYER,
  segmentsLayer,
  VOLUME_LAYER,
  volumeLayer,
} from './layer';
export type { ImportProgress } from './models/fetch-files';
export type { ModelSource } from './models/model-imports';
export type { DamagedModel, ModelList } from './models/model-library';
export type * from './protocol/fills';
export type * from './protocol/machine';
export type * from './protocol/pictures';
export type * from './protocol/reads';
export type * from './protocol/saves';
export type * from './protocol/surfaces';
export type { BrickCounts } from './scheduler/brick-state';
export type { SceneCamera } from './surfaces/scene-camera';
export type { UnreadBricks } from './unread';

/** How all slice views are drawn. */
export interface DisplayState {
  /** From the lowest to the highest; those that are not open are not drawn. */
  readonly layers: readonly Layer[];
  /** While set, no layers of labels are drawn: a look at what lies below. */
  readonly overlaysOff: boolean;
  /** While set, no images are drawn. */
  readonly imagesOff: boolean;
  readonly selectedIds: readonly number[];
  readonly hiddenIds: readonly number[];
  /** Of layers of labels beside the segmentation, by their ids: labels (decimal digits) that are drawn as ever, all others fainter. */
  readonly emphasizedIds?: Readonly<Record<string, readonly string[]>>;
}

/** The open volume at the time and channel that it is seen at now, and all layers that have such axes of their own. */
export interface AxesSelected {
  readonly volume: VolumeInfo;
  readonly layers: readonly LayerSeen[];
}

/** How an address is read. */
export interface SourceAccess {
  /** Sent with each request, such as Authorization; held in memory only. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the engine tells unasked. */
export type EngineEvent =
  | { readonly type: 'progress'; readonly job: number; readonly progress: FillProgress }
  | { readonly type: 'evaluating'; readonly job: number; readonly progress: EvaluationProgress }
  | { readonly type: 'saving'; readonly job: number; readonly progress: SaveProgress }
  | { readonly type: 'meshing'; readonly job: number; readonly progress: MeshProgress }
  | { readonly type: 'importing'; readonly job: number; readonly progress: ImportProgress }
  | { readonly type: 'segments'; readonly segments: readonly SegmentInfo[] }
  | { readonly type: 'backend'; readonly backend: BackendInfo }
  | { readonly type: 'history'; readonly history: HistoryState }
  | { readonly type: 'statistics'; readonly statistics: EngineStatistics }
  | { readonly type: 'picture'; readonly picture: SlicePicture }
  /** Something failed that no call waits for, such as the device; `EngineStatistics` tell of bricks. `key` is the same for the same trouble. */
  | { readonly type: 'trouble'; readonly key: string; readonly error: ErrorRecord }
  /** Whether what is wanted waits for a network; told when that changes. */
  | { readonly type: 'network'; readonly isOffline: boolean }
  /** `reason` is a sentence for the user where there is no adapter. */
  | { readonly type: 'adapter'; readonly adapter: AdapterInfo | null; readonly reason: string };

/** The worker's calls. Each rejects with errors of core/errors. */
export interface EngineApi {
  /** Sets up the device, null when there is none, and the processor's threads; events tell of both. */
  start(
    onEvent: (event: EngineEvent) => void,
    backend: BackendChoice,
    budgets?: Partial<Budgets>,
  ): Promise<AdapterInfo | null>;
  /** What fills run on from the next one on. WEBGPU_UNAVAILABLE where there is no adapter to run on. */
  setBackend(choice: BackendChoice): Promise<void>;
  /**
   * Opens a volume in place of the present one, which stays, with its segments, when that fails. A later call aborts one
   * that is still under way; `job` names it for `cancel`.
   */
  open(source: VolumeSource, access?: SourceAccess, job?: number): Promise<VolumeInfo>;
  /** Changes what may be taken of the machine, and cancels what runs; returns what holds then. BAD_PARAMETERS for too little or too much. */
  setBudgets(budgets: Partial<Budgets>): Promise<Budgets>;
  /** Drops all chunks that are kept on disk, in whichever tab has them. */
  clearDiskCache(): Promise<void>;
  /**
   * Has the image seen and filled through a filter from now on, until another volume is opened; cancels what runs, and keeps
   * the segments. BAD_PARAMETERS where the image cannot be filtered so.
   */
  setImageFilter(filter: ImageFilter): Promise<void>;
  /**
   * Has the image, and the layers that have such axes and have not chosen their own, seen and filled at another time or channel;
   * cancels what runs, and keeps the segments and what decoded chunks there are. A later call aborts one that is still under way.
   * BAD_PARAMETERS for what the volume has not.
   */
  selectAxes(selection: Partial<AxisSelection>): Promise<AxesSelected>;
  /**
   * Opens a layer beside the open volume and returns it as it is to be shown at first; it is drawn once `setDisplay` lists it. It
   * takes the place and the id of another whose id is given; `job` names the call for `cancel`. Rejects as `open` does, with BAD_PARAMETERS, UNKNOWN_LABEL_LAYER,
   * with BUDGET_EXCEEDED where the budget has no room for its bricks, or with an AbortError when another volume is opened or the
   * other layer closed meanwhile; what is open stays as it is.
   */
  openLayer(source: LayerSource, options: LayerOptions, call?: OpenLayerCall): Promise<Layer>;
  /**
   * Has a layer with a source of its own seen at a time and channel of its own; null has it follow the volume's again. BAD_PARAMETERS
   * for what it has not, and for other layers.
   */
  selectLayerAxes(id: string, changes: Partial<AxisChoice>): Promise<LayerSeen>;
  /** Lets go of a layer that `openLayer` opened; BAD_PARAMETERS where there is none of this id. */
  closeLayer(id: string): Promise<void>;
  attachView(view: ViewId, canvas: OffscreenCanvas): Promise<void>;
  setView(view: ViewId, state: SliceView): void;
  setDisplay(state: DisplayState): void;
  /** Fills; progress comes as events too. `job` names the run for `cancel`. */
  segment(job: number, request: FillRequest): Promise<FillResult>;
  /**
   * Steers a job that grows an object by a network; false when it is not the one that runs. OUTSIDE_VOLUME, SEED_AT_EDGE,
   * SEED_TAKEN, BAD_PARAMETERS.
   */
  steer(job: number, steering: Steering): Promise<boolean>;
  /**
   * Segments a volume by a network from seeds found in it; progress comes as events, and each object becomes a segment as soon as it
   * is there. Cancelled, or broken off with its tab, it goes on when it is asked for again. UNKNOWN_MODEL, BAD_PARAMETERS,
   * BUDGET_EXCEEDED, what reading rejects with, or an AbortError; the segments made by then stay.
   */
  segmentVolume(job: number, request: VolumeRequest): Promise<VolumeResult>;
  /** Counts connected components on the processor. `job` names the run for `cancel`. */
  components(job: number, query: ComponentsQuery): Promise<ComponentsCount>;
  /**
   * Compares two label layers voxel by voxel; progress comes as events. `job` names the run for `cancel`. UNKNOWN_LABEL_LAYER,
   * BAD_PARAMETERS, BUDGET_EXCEEDED, or what reading rejects with.
   */
  evaluate(job: number, query: EvaluationQuery): Promise<Evaluation>;
  cancel(job: number): void;
  /** Holds a fill as it is, or lets it go on; false when it is not the one that runs. */
  setPaused(job: number, isPaused: boolean): Promise<boolean>;
  /** Reads again, at once, the bricks that could not be read. */
  retryFailed(): void;
  remove(id: number): Promise<void>;
  /**
   * Takes the last change of the segmentation back: cancels what runs, if anything does, else takes the last finished one back; false when
   * there is none.
   */
  undo(): Promise<boolean>;
  /** Does again what was taken back last; false when there is nothing, and while something runs. */
  redo(): Promise<boolean>;
  labelAt(zyx: Zyx): Promise<number>;
  probe(zyx: Zyx): Promise<VoxelProbe>;
  readLabels(box: Box): Promise<ReadArray<Uint32Array<ArrayBuffer>>>;
  /** Of the image, or of an added one, in that one's own voxels; BAD_PARAMETERS where there is none of that id. */
  readImage(box: Box, level: number, layer?: string): Promise<ImageRead>;
  /**
   * Ids of a label layer, every bit of them, in its own voxels: of the one of that id, or of labels stored with the volume by that
   * name. UNKNOWN_LABEL_LAYER, or BAD_PARAMETERS for an image.
   */
  readStoredLabels(layer: string, box: Box, level: number): Promise<ImageRead>;
  /** Counts of image values over their range at a coarse level: 64 bins between `low` and `high`. */
  histogram(): Promise<{ low: number; high: number; counts: number[] }>;
  /** Resolves when every slice view shows its wanted bricks at its wanted level, or their failure. */
  settled(): Promise<void>;
  /** How the 3-D view looks at the surfaces from now on; null when there is none. */
  setCamera(camera: SceneCamera | null): void;
  /** Says from now on over a port what of surfaces is to be shown (`SurfaceChange`): first all that is shown now. */
  attachSurfaces(port: MessagePort): void;
  surfaceState(id: number): Promise<SurfaceState>;
  /**
   * Closed; coarser than the voxels where it would have more than 2^24 triangles. Progress comes as events; `job` names the run
   * for `cancel`, after which it rejects with an AbortError.
   */
  mesh(job: number, id: number): Promise<SegmentMesh>;
  /**
   * Saves the segmentation as it is now as OME-Zarr 0.5 labels; progress comes as events. `job` names the run for `cancel`.
   * BAD_PARAMETERS, QUOTA_EXCEEDED, PERMISSION_DENIED, SAVE_FAILED; what was saved there before is then as it was.
   */
  saveLabels(job: number, options: SaveLabelsOptions): Promise<SavedLabels>;
  /** The folders of labels in the browser's own storage. */
  savedLabels(): Promise<readonly FileSystemDirectoryHandle[]>;
  /** Removes one of them, named as its folder is. */
  removeSavedLabels(folderName: string): Promise<void>;
  /** The same as a file. */
  saveMesh(job: number, id: number, format: 'glb'): Promise<SavedMesh>;
  /**
   * Reads a network of its files, or of an address, and keeps it in the browser's own storage; progress comes as events. `job`
   * names the import for `cancel`. BAD_MODEL, FOREIGN_MODEL, BAD_PARAMETERS, BUDGET_EXCEEDED, QUOTA_EXCEEDED, SAVE_FAILED, or as
   * `open` does; nothing is kept then.
   */
  importModel(
    job: number,
    sources: readonly ModelSource[],
    details: Partial<ModelDetails>,
  ): Promise<ModelInfo>;
  /** The networks that are kept. */
  models(): Promise<ModelList>;
  /** Changes what is said of one of them. UNKNOWN_MODEL, BAD_PARAMETERS, BAD_MODEL, QUOTA_EXCEEDED, SAVE_FAILED. */
  updateModel(id: string, changes: Partial<ModelDetails>): Promise<ModelInfo>;
  removeModel(id: string): Promise<void>;
  /** One of them as a file of safetensors, which `importModel` takes. */
  exportModel(id: string): Promise<Blob>;
}
