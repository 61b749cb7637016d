/**
 * What crosses between the page and the engine worker: plain data, transferable arrays, and the typed calls.
 * `client.ts` is the page's side of it, `engine.ts` the worker's.
 */
import type { Box } from '../core/box';
import type { Dtype, VoxelArray } from '../core/dtype';
import type { ErrorRecord } from '../core/errors';
import type { SliceView, ViewId } from '../core/slice-geometry';
import type { SurfaceMesh, SurfacePiece } from '../core/surface';
import type { Zyx } from '../core/vec';
import type { LabelLayoutOptions } from '../exporters/labels/layout';
import type { AdapterInfo } from '../gpu/device';
import type { ModelInfo } from '../models/describe-model';
import type { ImageFilter } from '../normalize/filter';
import type { ModelDetails } from '../segment/ffn/model';
import type { Block, FfnParams } from '../segment/ffn/params';
import type { FloodFillParams } from '../segment/flood-fill/params';
import type { Connectivity } from '../segment/flood-fill/plan';
import type { AxisSelection, VolumeInfo } from '../volume/model';
import type { VolumeSource } from '../volume/open-store';
import type { Budgets } from './budgets';
import type { HistoryState } from './edit-history';
import type { Evaluation, EvaluationProgress, EvaluationQuery } from './evaluate/types';
import type { VolumeProgress, VolumeRequest, VolumeResult } from './ffn/volume/types';
import type { Layer, LayerOptions, LayerSource } from './layer';
import type { ImportProgress } from './models/fetch-files';
import type { ModelSource } from './models/model-imports';
import type { ModelList } from './models/model-library';
import type { BrickCounts } from './scheduler/brick-state';
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
export type { AxisSelection } from '../volume/model';
export type { VolumeSource } from '../volume/open-store';
export type { Budgets } from './budgets';
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
  BLENDINGS,
  type Blending,
  type ImageLayer,
  type LabelsLayer,
  type Layer,
  type LayerKind,
  type LayerOptions,
  type LayerOrigin,
  type LayerSource,
  SEGMENTS_LAYER,
  segmentsLayer,
  VOLUME_LAYER,
  volumeLayer,
} from './layer';
export type { ImportProgress } from './models/fetch-files';
export type { ModelSource } from './models/model-imports';
export type { DamagedModel, ModelList } from './models/model-library';
export type { BrickCounts } from './scheduler/brick-state';
export type { SceneCamera } from './surfaces/scene-camera';

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

export interface FloodFillRequest {
  readonly algorithm: 'flood-fill';
  readonly seedZyx: Zyx;
  readonly params: FloodFillParams;
  /** Voxels outside the box are never filled. */
  readonly box?: Box;
  /** The result holds at most this many voxels, all connected to the seed. */
  readonly voxelLimit?: number;
}

/** An object, or several, grown from a voxel each by a flood-filling network that was imported. */
export interface FfnRequest {
  readonly algorithm: 'ffn';
  readonly seedZyx: Zyx;
  readonly params: FfnParams;
  /** The network sees nothing outside the box, and fills nothing there. */
  readonly box?: Box;
  /** Seeds of further objects, a segment each: all grow at once, and what several reach is the first one's. */
  readonly moreSeedsZyx?: readonly Zyx[];
  /**
   * Segment of an earlier such request that the object takes the place of, under the same id. Where only `seedsZyx` have become
   * more since, and nothing else was grown by a network, it goes on from what it was; else it grows anew.
   */
  readonly regrow?: number;
}

export type FillRequest = FloodFillRequest | FfnRequest;

/** What is done to an object while it grows: another seed of its own, or a ball that it must keep out of. */
export type Steering = { readonly seedZyx: Zyx } | { readonly block: Block };

export interface FillProgress {
  readonly id: number;
  readonly voxels: number;
  /** Bricks (64³) visited so far, and bricks the frontier waits for. */
  readonly bricks: number;
  readonly frontierBricks: number;
  readonly milliseconds: number;
  /** Voxels filled per second so far. */
  readonly voxelsPerSecond: number;
  /** Of networks: fields of view that were looked at, and positions that wait. */
  readonly steps?: number;
  readonly queued?: number;
  /** Of a run over a volume. */
  readonly volume?: VolumeProgress;
}

export interface FillResult {
  readonly id: number;
  readonly voxels: number;
  /** The smallest box that holds the segment. */
  readonly box: Box;
  readonly bricks: number;
  readonly milliseconds: number;
  /** Bricks that the fill reached and that could not be read: the segment may go on in them. */
  readonly unreadBricks: number;
  /** False when the voxel limit stopped it, or bricks were unread. */
  readonly complete: boolean;
  readonly backend: BackendId;
  /** What it ran on, in words. */
  readonly adapter: string;
  /** Of networks: fields of view that were looked at, and the level of the volume that they were of. */
  readonly steps?: number;
  readonly level?: number;
  /** Of a request with several objects: the others that came to something, and how many came to nothing. */
  readonly more?: readonly FillResult[];
  readonly discarded?: number;
}

/**
 * What connected components are counted of: touching voxels of a stored layer that have the same label, or touching voxels
 * of the image with values in a range, ends included; in a box, or everywhere. 26-connected unless it says otherwise.
 */
export type ComponentsQuery = { readonly connectivity?: Connectivity; readonly box?: Box } & (
  | { readonly layer: string }
  | { readonly low: number; readonly high: number }
);

export interface ComponentsCount {
  readonly count: number;
  /** Of all components together, and of the largest. */
  readonly voxels: number;
  readonly largestVoxels: number;
  readonly milliseconds: number;
}

/** A segment as lists show it. */
export type SegmentInfo = FillResult &
  Pick<FillRequest, 'seedZyx'> &
  (Pick<FloodFillRequest, 'algorithm' | 'params'> | Pick<FfnRequest, 'algorithm' | 'params'>);

/** A brick of a level: one of its voxels spans 2^level of the finest level's on each axis. */
export interface PatchPlace {
  readonly level: number;
  /** Of the level's own grid. */
  readonly brickKey: number;
}

/** One brick's piece of a surface. */
export interface SurfacePatch extends SurfacePiece, PatchPlace {}

/** What of a segment's surface is to be shown, and no longer shown, from now on: all at once. */
export interface SurfaceChange {
  readonly segmentId: number;
  /** Each takes the place of the one before of its brick. */
  readonly patches: readonly SurfacePatch[];
  readonly gone: readonly PatchPlace[];
}

/** What is shown of a segment's surface. */
export interface SurfaceState {
  /** How many pieces are of each level, from the finest on. */
  readonly piecesOfLevels: readonly number[];
  readonly triangles: number;
  readonly bytes: number;
  /** Whether it is as fine as the camera and the budget would have it. */
  readonly isSettled: boolean;
}

/** A segment's whole surface, and the level and the size of the voxels that it was made of; level 0 is full resolution. */
export interface SegmentMesh extends SurfaceMesh {
  readonly level: number;
  readonly voxelSizeNm: Zyx;
}

/** A segment's surface as a file, and what it was made of. */
export interface SavedMesh {
  readonly file: Blob;
  readonly level: number;
  readonly voxelSizeNm: Zyx;
}

export interface VoxelProbe {
  readonly zyx: Zyx;
  /** Value of the image, as it is stored, at the finest level that is loaded; null while none is. */
  readonly value: number | bigint | null;
  /** Segment at the voxel, 0 for none. */
  readonly segmentId: number;
  /** What is there in each visible layer beside the image and the segmentation, the highest first. */
  readonly layers: readonly LayerProbe[];
}

export interface LayerProbe {
  readonly id: string;
  /** An image's value as it is stored, or a label as decimal digits, of the finest level that is loaded; null where none is. */
  readonly value: number | bigint | string | null;
}

export interface EngineStatistics {
  readonly gpuBytes: number;
  readonly gpuBudgetBytes: number;
  readonly memoryBytes: number;
  readonly memoryBudgetBytes: number;
  /** What surfaces and the segments' coarser levels take of main memory, beside the above. */
  readonly surfaceBytes: number;
  /** Spilled labels and the cache of chunks; 0 for the cache where another tab has it. */
  readonly diskBytes: number;
  readonly diskBudgetBytes: number;
  /** Bricks of images and stored labels by state; absent ones are not counted. */
  readonly bricks: BrickCounts;
  /** Bricks that are being read, for views and for computations. */
  readonly bricksInFlight: number;
  /** Bricks that could not be read and are hatched in the views; `retryFailed` reads them again. */
  readonly bricksFailed: number;
  readonly fetchedBytes: number;
  readonly decodedBytes: number;
  readonly missingChunks: number;
  /** Chunks that were in memory when they were asked for; chunks and bricks that made room for others. */
  readonly cacheHits: number;
  readonly evictions: number;
  /** Chunks that were in the cache on disk when they were asked for. */
  readonly diskHits: number;
  /** Requests that were made again after one that had failed. */
  readonly retries: number;
}

/** What segmentations can run on: WGSL on the adapter, or WebAssembly on the processor. Both give the same voxels. */
export type BackendId = 'webgpu' | 'cpu';
/** `auto`: WebGPU where there is a GPU, else the processor. */
export type BackendChoice = BackendId | 'auto';

/** What segmentations run on now, and why. */
export interface BackendInfo {
  readonly id: BackendId;
  readonly choice: BackendChoice;
  /** A sentence for the user. */
  readonly reason: string;
  /** Threads of the processor that `cpu` uses. */
  readonly threads: number;
}

/** How an address is read. */
export interface SourceAccess {
  /** Sent with each request, such as Authorization; held in memory only. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Where labels are saved: to a zip in memory or in a file, to a folder within the one given, or to the browser's own storage.
 * Each but the first leaves an earlier save whole until the new one is.
 */
export type LabelDestination = 'zip' | 'browser' | FileSystemFileHandle | FileSystemDirectoryHandle;

/** How labels are saved: to a zip in memory unless it says otherwise. */
export interface SaveLabelsOptions extends LabelLayoutOptions {
  readonly destination?: LabelDestination;
  /** Of the labels, and, with `.zarr`, of their folder; made of the volume's unless it is given. */
  readonly name?: string;
}

/** What was saved, as it can be opened: a zip, the zip's file, or the labels' folder. */
export type SavedLabels = Blob | FileSystemFileHandle | FileSystemDirectoryHandle;

export interface SaveProgress {
  /** Labelled bricks (64³) read so far, and all there are. */
  readonly bricks: number;
  readonly bricksTotal: number;
  readonly bytesWritten: number;
  readonly milliseconds: number;
}

export interface MeshProgress {
  /** Bricks (of the level that the mesh has) whose surface is there, and all there are; it is joined after that. */
  readonly bricks: number;
  readonly bricksTotal: number;
  readonly milliseconds: number;
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
  | { readonly type: 'surface'; readonly change: SurfaceChange }
  | { readonly type: 'statistics'; readonly statistics: EngineStatistics }
  /** Something failed that no call waits for: a brick, the device. `key` is the same for the same trouble. */
  | { readonly type: 'trouble'; readonly key: string; readonly error: ErrorRecord }
  /** Whether what is wanted waits for a network; told when that changes. */
  | { readonly type: 'network'; readonly isOffline: boolean }
  /** `reason` is a sentence for the user where there is no adapter. */
  | { readonly type: 'adapter'; readonly adapter: AdapterInfo | null; readonly reason: string };

export interface ReadArray<A> {
  readonly data: A;
  readonly shapeZyx: Zyx;
}

/** Values exactly as they are stored: bool as 0 and 1 in a Uint8Array, float16 in a Float32Array, 64-bit integers as bigints. */
export type ImageRead = ReadArray<VoxelArray> & { readonly dtype: Dtype };

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
   * that is still under way.
   */
  open(source: VolumeSource, access?: SourceAccess): Promise<VolumeInfo>;
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
   * Has the image, and the stored labels that have such axes, seen and filled at another time or channel; cancels what runs, and
   * keeps the segments and what decoded chunks there are. A later call aborts one that is still under way. BAD_PARAMETERS for
   * what the volume has not.
   */
  selectAxes(selection: Partial<AxisSelection>): Promise<VolumeInfo>;
  /**
   * Opens a layer beside the open volume and returns it as it is to be shown at first; it is drawn once `setDisplay` lists it.
   * Rejects as `open` does, with UNKNOWN_LABEL_LAYER, with BUDGET_EXCEEDED where the budget has no room for its bricks, or with
   * an AbortError when another volume is opened meanwhile; what is open stays as it is.
   */
  openLayer(source: LayerSource, options: LayerOptions): Promise<Layer>;
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
  /** Takes the last finished change of the segmentation back, or does it again; false when there is none. */
  undo(): Promise<boolean>;
  redo(): Promise<boolean>;
  labelAt(zyx: Zyx): Promise<number>;
  probe(zyx: Zyx): Promise<VoxelProbe>;
  readLabels(box: Box): Promise<ReadArray<Uint32Array<ArrayBuffer>>>;
  readImage(box: Box, level: number): Promise<ImageRead>;
  /** Ids of a label layer stored with the volume, every bit of them; UNKNOWN_LABEL_LAYER. */
  readStoredLabels(layer: string, box: Box, level: number): Promise<ImageRead>;
  /** Counts of image values over their range at a coarse level: 64 bins between `low` and `high`. */
  histogram(): Promise<{ low: number; high: number; counts: number[] }>;
  /** Resolves when every slice view shows its wanted bricks at its wanted level, or their failure. */
  settled(): Promise<void>;
  /** How the 3-D view looks at the surfaces from now on; null when there is none. */
  setCamera(camera: SceneCamera | null): void;
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
