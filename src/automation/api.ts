/**
 * `window.floodlight`: how tests, benchmarks and scripts drive the page. Whatever the UI can do has its call here.
 *
 * Coordinates are voxels of the finest level in z, y, x order; boxes are half-open; arrays are C-ordered.
 * Calls reject with typed errors: `error.name`, `error.code` and `error.fields` say which (see core/errors.ts); a cancelled
 * call rejects with an AbortError.
 */
import type { Box } from '../core/box';
import type { Quaternion } from '../core/quaternion';
import type { Zyx } from '../core/vec';
import type {
  AxisChoice,
  AxisSelection,
  BackendChoice,
  BackendId,
  BackendInfo,
  Budgets,
  ComponentsCount,
  ComponentsQuery,
  DisplayState,
  EngineStatistics,
  Evaluation,
  EvaluationProgress,
  EvaluationQuery,
  FillProgress,
  FillRequest,
  FillResult,
  ImageFilter,
  ImageRead,
  Layer,
  LayerSource,
  MeshProgress,
  ModelDetails,
  ModelInfo,
  ModelList,
  ModelSource,
  ReadArray,
  SaveLabelsOptions,
  SaveProgress,
  SegmentInfo,
  SegmentMesh,
  SlicePicture,
  Steering,
  SurfaceState,
  VolumeRequest,
  VolumeResult,
  VolumeSource,
  VoxelProbe,
} from '../engine/protocol';
import type { AdapterInfo } from '../gpu/device';
import type { FfnMark } from '../state/ffn-marks';
import type { FfnOptions } from '../state/ffn-options';
import type { LayerChanges } from '../state/layer-changes';
import type { AddLayerOptions } from '../state/layers';
import type { ImportOptions } from '../state/models';
import type { CameraPose } from '../state/scene';
import type { OpenOptions } from '../state/source-opener';
import type { FillOptions, PanelId, ToolId } from '../state/store';
import type { ChannelInfo, LevelInfo } from '../volume/model';

/** What is open. */
export interface OpenVolume {
  readonly url: string;
  readonly name: string;
  readonly shapeZyx: Zyx;
  readonly voxelSizeNm: Zyx;
  readonly dtype: string;
  readonly levels: readonly LevelInfo[];
  /** Names of the stored label layers. */
  readonly labels: readonly string[];
  /** How many times there are, and the channels: one where the image has no such axis. */
  readonly times: number;
  readonly channels: readonly ChannelInfo[];
}

export type SegmentOptions = FillRequest & {
  readonly signal?: AbortSignal;
  /** Told at once, and then twice a second. */
  readonly onProgress?: (progress: FillProgress) => void;
};

export interface SegmentVolumeCall extends VolumeRequest {
  readonly signal?: AbortSignal;
  /** Told twice a second; `progress.volume` says how far it is, and how long it will take. */
  readonly onProgress?: (progress: FillProgress) => void;
}

export interface SaveLabelsCall extends Omit<SaveLabelsOptions, 'destination'> {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SaveProgress) => void;
}

export interface MeshCall {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: MeshProgress) => void;
}

export interface EvaluateCall extends Omit<EvaluationQuery, 'a' | 'b' | 'box'> {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EvaluationProgress) => void;
}

export interface FloodlightApi {
  /** Resolves when the page can be driven and the first source is open, or has failed to open (see `lastError`). */
  readonly ready: Promise<void>;
  /** The adapter in use; null when there is none. Known once `ready`. */
  readonly adapter: AdapterInfo | null;
  /** What segmentations run on; `cpu` unless there is a GPU or the user chose. Known once `ready`. */
  readonly backend: BackendId;
  /** The same with the choice it comes from, why, and how many threads of the processor there are; null before `ready`. */
  readonly backendInfo: BackendInfo | null;
  /** Chooses what segmentations run on from the next one on. WEBGPU_UNAVAILABLE where there is no adapter to run on. */
  setBackend(choice: BackendChoice): Promise<void>;
  /** The last error that was shown to the user; null when there was none since the last successful `open`. */
  readonly lastError: Error | null;

  /**
   * Opens an OME-Zarr multiscale or a Zarr array: by the URL of its folder or of a zip, in a zip at hand (a Blob, or a file's
   * handle), in a folder that the user has given access to, or of files by their paths below the volume's folder. Headers go with
   * each request of a URL. BAD_PARAMETERS for anything else; PERMISSION_DENIED where a handle may not be read,
   * an AbortError once the signal fires or another `open` is called: what was open stays.
   */
  open(source: VolumeSource, options?: OpenOptions): Promise<OpenVolume>;
  /** Throws NO_VOLUME when nothing is open. */
  volume(): OpenVolume;

  /**
   * Fills from a seed; the newest segment owns the voxels it shares with older ones. With `ffn` a flood-filling network that was
   * imported grows it: progress and result then have `steps`, and older segments keep what they own. Its `precision` is f32, or f16
   * where `backendInfo.withoutF16` is null (result and segments say so in `adapter`); else PRECISION_UNAVAILABLE, and nothing is made.
   */
  segment(options: SegmentOptions): Promise<FillResult>;
  /**
   * Steers what a network grows now, in the order in which it is called: another seed of the same object, or a ball to keep
   * out of. False when no network runs. OUTSIDE_VOLUME, SEED_AT_EDGE, SEED_TAKEN, BAD_PARAMETERS.
   */
  steer(steering: Steering): Promise<boolean>;
  /**
   * Segments the volume, or a box of it, by a network that was imported: from google/ffn's seeds, object by object, each a segment as soon as
   * it is there, in subvolumes that overlap (`subvolumeEdge` 256, `overlap` 64, voxels of the level that the network sees) and are
   * reconciled. Finished segments are left as they are. A run that was broken off, by `cancel` or with its tab, goes on when the same
   * is asked for of the same volume, unless `restart` is true; `undo` takes back all that came since it began or went on. UNKNOWN_MODEL, BAD_PARAMETERS, PRECISION_UNAVAILABLE,
   * BUDGET_EXCEEDED, what reading rejects with, or an AbortError; the segments made by then stay.
   */
  segmentVolume(options: SegmentVolumeCall): Promise<VolumeResult>;
  /** Cancels what runs; its promise rejects with an AbortError and nothing of it stays. */
  cancel(): void;
  /** Holds what runs as it is, or lets it go on; false when nothing runs. */
  pause(): Promise<boolean>;
  resume(): Promise<boolean>;
  segments(): readonly SegmentInfo[];
  remove(id: number): Promise<void>;
  /**
   * Takes the last fill or removal back; false when there is none. While something runs that is the last: it is cancelled, as by
   * `cancel`, and what was finished before stays.
   */
  undo(): Promise<boolean>;
  /** Does again what was taken back last; false when there is nothing, and while something runs. */
  redo(): Promise<boolean>;
  /** Selected segments are drawn bright, in slices and in 3-D. */
  select(ids: readonly number[]): void;
  setVisible(id: number, visible: boolean): void;

  /**
   * Counts connected components of a label layer, named as `evaluate` does but for the segmentation, or of a range of the image's
   * values, at the finest level, on the processor, without a word on the page: of all of it, or in a box of the volume's voxels, which
   * a layer then has to lie on.
   */
  components(query: ComponentsQuery & { readonly signal?: AbortSignal }): Promise<ComponentsCount>;

  /**
   * Compares label layer `a` with `b`, the truth, voxel by voxel at the finest level: variation of information (split and merge,
   * in bits), adapted Rand error, and the segments that add most to them. A layer is named by its id (`segments` is the
   * segmentation) or, where none has that id, by the name of labels stored with the volume; added layers must lie on the volume's
   * own voxels. Where `b` is 0 a voxel does not count, unless `ignoreZeroTruth` is false; where `a` is 0 it does, unless
   * `ignoreZeroSegments` is true. In a box, or in all that both layers cover. UNKNOWN_LABEL_LAYER, BAD_PARAMETERS,
   * BUDGET_EXCEEDED, what reading rejects with, or an AbortError; a new comparison cancels the one before.
   */
  evaluate(a: string, b: string, box?: Box, options?: EvaluateCall): Promise<Evaluation>;

  labelAt(zyx: Zyx): Promise<number>;
  /**
   * Segment ids of a box of the volume, 0 for none, in C order; it may lie anywhere in it, seen or not. BAD_PARAMETERS for a box
   * that reaches out of the volume, or of more than 2²⁸ voxels.
   */
  readLabels(box: Box): Promise<ReadArray<Uint32Array>>;
  /**
   * At the time and channel that are seen. `level` counts from 0, the finest; the box is in that level's voxels. `layer` is the id of
   * an image, the volume's where it is left out; an added one is read in its own voxels. BAD_PARAMETERS for what is no image.
   */
  readImage(
    options: Box & { readonly layer?: string; readonly level?: number },
  ): Promise<ImageRead>;
  /**
   * The same of a label layer, by its id or, where none has that id, by the name of labels stored with the volume: its ids, those of
   * 64 bits as bigints. UNKNOWN_LABEL_LAYER, or BAD_PARAMETERS for an image.
   */
  readStoredLabels(
    options: Box & { readonly layer: string; readonly level?: number },
  ): Promise<ImageRead>;

  /**
   * The whole surface, closed; of voxels of `voxelSizeNm`, coarser than the volume's (`level` > 0) beyond 2^24 triangles. An
   * AbortError once the signal fires.
   */
  mesh(id: number, options?: MeshCall): Promise<SegmentMesh>;
  /**
   * What the 3-D view shows of a segment: large ones at several levels, finer where its camera looks; on slow adapters all of them coarser
   * while it moves or a segment grows.
   */
  surfaceState(id: number): Promise<SurfaceState>;
  /**
   * Saves the segmentation as it is now as an OME-Zarr 0.5 label image with all levels, in shards. Without a destination a zip
   * comes back; else what was saved, which `open` takes. Names a folder `name.zarr` within the destination. Options that are
   * left out: zstd of level 3, chunks of 64, shards of 512, uint32, a name made of the volume's. QUOTA_EXCEEDED, PERMISSION_DENIED,
   * SAVE_FAILED, or an AbortError: what was saved there before is then as it was.
   */
  saveLabels(options?: SaveLabelsCall & { readonly destination?: 'zip' }): Promise<Blob>;
  saveLabels(
    options: SaveLabelsCall & { readonly destination: FileSystemFileHandle },
  ): Promise<FileSystemFileHandle>;
  saveLabels(
    options: SaveLabelsCall & { readonly destination: 'browser' | FileSystemDirectoryHandle },
  ): Promise<FileSystemDirectoryHandle>;
  /** The folders of labels in the browser's own storage; removes one by its folder's name. */
  savedLabels(): Promise<readonly FileSystemDirectoryHandle[]>;
  removeSavedLabels(folderName: string): Promise<void>;
  saveMesh(id: number, format: 'glb', options?: MeshCall): Promise<Blob>;

  /**
   * Reads a network for segmentation and keeps it in the browser's own storage: of its files (a TensorFlow checkpoint of
   * google/ffn, `.index` and all `.data`, a request of google/ffn beside them if there is one; or one `.safetensors`), or of the
   * address of one of them. What is said of it in the options goes before what its files say. One of the same weights is
   * replaced, but for what the user had said of it (`edited`). BAD_MODEL (damaged, not whole), FOREIGN_MODEL (another kind of network), BUDGET_EXCEEDED, QUOTA_EXCEEDED, an
   * AbortError, or as `open` does: then nothing is kept.
   */
  importModel(sources: readonly ModelSource[], options?: ImportOptions): Promise<ModelInfo>;
  /** The networks that are kept, by name, those whose files are damaged apart. */
  models(): Promise<ModelList>;
  /** Changes what is said of a network. UNKNOWN_MODEL, BAD_PARAMETERS, BAD_MODEL, QUOTA_EXCEEDED. */
  updateModel(id: string, changes: Partial<ModelDetails>): Promise<ModelInfo>;
  removeModel(id: string): Promise<void>;
  /** A network as a file of safetensors, all that was said of it included. UNKNOWN_MODEL, BAD_MODEL. */
  exportModel(id: string): Promise<Blob>;

  /** Centres all slice views on a voxel. */
  goTo(zyx: Zyx): void;
  /** The voxel at the cross-hair. */
  position(): Zyx;
  /**
   * How all slice views are turned together from the volume's axes: a quaternion x, y, z, w of length one in nanometre space, as
   * neuroglancer's `crossSectionOrientation`; 0, 0, 0, 1 where they lie along the axes. Any other length is made one.
   * BAD_PARAMETERS for what is no quaternion.
   */
  orientation(): Quaternion;
  setOrientation(orientation: Quaternion): void;
  /** Nanometres per device pixel in the slice views. */
  zoom(): number;
  setZoom(nmPerPixel: number): void;
  /** Where the 3-D view looks from and what it turns around; null when none is on the page. */
  camera(): CameraPose | null;
  /** Has it look from elsewhere; false when none is on the page. It keeps its distances from the volume. */
  setCamera(pose: CameraPose): boolean;
  /** Shows one panel alone, or all four. */
  maximize(panel: PanelId | null): void;
  display(): DisplayState;
  /** Selected and hidden segments, and whether all images or all labels are held off; layers have calls of their own. */
  setDisplay(changes: Partial<Omit<DisplayState, 'layers'>>): void;
  /** What the slices show, from the lowest layer to the highest; `volume` and `segments` are always among them. */
  layers(): readonly Layer[];
  /**
   * Opens a layer and shows it; resolves with its id. A label layer stored with the volume is named by `{ stored }`; anything
   * that `open` takes is placed by its own scale and translation, unless `voxelSizeNm` (nanometres, z, y, x)
   * or `originNm` (centre of its first voxel) say otherwise. At first images lie over images, and labels right below the
   * segmentation. Several times or channels follow the volume's (`selectLayerAxes`) unless `select` says otherwise. Rejects as
   * `open` does, with UNKNOWN_LABEL_LAYER, BAD_PARAMETERS, BUDGET_EXCEEDED, or an AbortError once the signal fires; then
   * nothing changes.
   */
  addLayer(source: LayerSource, options?: AddLayerOptions): Promise<string>;
  /**
   * Has an added layer that has several times or channels (`layers()` tells them, as `axes`) seen at its own, each from 0 on; null has
   * it follow the volume's again, as it does at first: at the same place, or at its last one where it has fewer. What is left out
   * stays; each channel keeps its contrast. Labels stored with the volume are always seen at its own. Resolves with what is seen
   * then; BAD_PARAMETERS for what the layer has not.
   */
  selectLayerAxes(id: string, changes: Partial<AxisChoice>): Promise<AxisSelection>;
  /** BAD_PARAMETERS for `volume`, `segments`, and what is not there. */
  removeLayer(id: string): Promise<void>;
  /** Changes how a layer is shown; BAD_PARAMETERS for what makes no sense. */
  setLayer(id: string, changes: LayerChanges): void;
  /** Moves a layer to a place, 0 the lowest; places past the ends are the ends. */
  moveLayer(id: string, index: number): void;
  /**
   * Changes what may be taken of the machine, in bytes; resolves with what holds then. What runs is broken off for it, and goes on. `stats()` tells
   * what is taken. The disk's holds for all tabs of this origin, at once. BAD_PARAMETERS for too little (256 MB of GPU,
   * 128 MiB of memory; the disk may be 0) or too much.
   */
  setBudgets(budgets: Partial<Budgets>): Promise<Budgets>;
  /** Drops all chunks that are kept on disk, for all tabs. */
  clearDiskCache(): Promise<void>;
  /** Asks the browser never to drop what this page keeps on disk by itself; whether it agreed. It may ask the user. */
  keepDiskCache(): Promise<boolean>;
  /**
   * What the image is seen and filled through, and what `readImage`, `probe` and `components` give: nothing, a Gaussian
   * (standard deviation in nanometres), or CLAHE of each z-slice in tiles of 64 × 64 voxels (clip limit as in scikit-image).
   * Networks see the image as it is stored. Cancels what runs, keeps the segments. BAD_PARAMETERS where the image cannot be filtered so.
   */
  imageFilter(): ImageFilter;
  setImageFilter(filter: ImageFilter): Promise<void>;
  /**
   * Which time and channel the image is seen and filled at, each from 0 on; what is left out stays. Layers follow that have not
   * chosen their own. Cancels what runs, keeps the segments and the view; each channel keeps its contrast. BAD_PARAMETERS for
   * what the volume has not; an AbortError where a later call came first.
   */
  selection(): AxisSelection;
  selectAxes(selection: Partial<AxisSelection>): Promise<AxisSelection>;
  /** Resolves when every slice view shows its wanted bricks at its wanted level. */
  settled(): Promise<void>;
  /**
   * Tells of each picture of the slice views, once it is done: how the views look at the volume in it, and when it was drawn. Returns
   * how to stop.
   */
  onPicture(listener: (picture: SlicePicture) => void): () => void;
  /** Reads again what could not be read: bricks, which `stats().bricksFailed` counts and the views hatch, and the histogram. */
  retryFailed(): void;
  /**
   * What is taken of the machine, and how bricks come in: as it is twice a second, and whenever `open`, `setBudgets`, `clearDiskCache`,
   * `segment`, `segmentVolume` or `settled` resolves.
   */
  stats(): EngineStatistics;

  /** What a click does, and how the fill tool fills. */
  tool(): ToolId;
  setTool(tool: ToolId): void;
  fillOptions(): FillOptions;
  setFillOptions(changes: Partial<FillOptions>): void;
  /** The same of the tool that grows objects by a network; it shares the fill tool's box. */
  ffnOptions(): FfnOptions;
  setFfnOptions(changes: Partial<FfnOptions>): void;
  /** Collects a seed, as Ctrl-click does: the next click of the tool grows an object of each. NO_VOLUME, OUTSIDE_VOLUME. */
  collectFfnSeed(seedZyx: Zyx): void;
  /**
   * Seeds and blocks that the slices mark while the tool is chosen: seeds that wait, and those of what grows, or else of the selected
   * segments.
   */
  ffnMarks(): readonly FfnMark[];
  /**
   * Takes one of them away; a segment grows anew without it. Resolves when that is done, with whether it could be taken away: not while its
   * object grows, and not the seed that a segment began at.
   */
  removeFfnMark(mark: FfnMark): Promise<boolean>;
  /** What the status bar says of a voxel. */
  probe(zyx: Zyx): Promise<VoxelProbe>;
  /** All that menus, palette and shortcuts do, by id. */
  commands(): readonly { readonly id: string; readonly label: string }[];
  /** Runs a command; false when it is not enabled now. BAD_PARAMETERS when there is none of this id. */
  run(commandId: string): boolean;
}

declare global {
  interface Window {
    readonly floodlight: FloodlightApi;
  }
}
