import type { ImageDtype } from '../core/dtype';
import {
  type Bounds,
  boundsOfShape,
  pickLevel,
  type SliceView,
  type ViewId,
} from '../core/slice-geometry';
import type { Zyx } from '../core/vec';
import { visibleBricks } from '../core/visible-bricks';
import type { LevelInfo, VolumeInfo } from '../volume/model';
import type { LabelBricks } from './label-bricks';
import { type Layer, SEGMENTS_LAYER } from './layer';
import type { DisplayState } from './protocol';
import type { BrickLoader } from './scheduler/brick-loader';
import type { DrawnBrick, FailedBrick, LabelColours, SceneLayer, SliceScene } from './slices';

/** Colours of a layer's labels, some of which may stand out. */
export interface ShownColours extends LabelColours {
  /** Draws all labels but these (decimal digits) fainter; undefined for none. */
  emphasize(ids: readonly string[] | undefined): void;
}

/** A layer that is read: bricks with levels, and what these hold. */
export interface SliceLayer<Slot extends object> {
  readonly id: string;
  readonly loader: BrickLoader<Slot>;
  readonly levels: readonly LevelInfo[];
  readonly bounds: Bounds;
  readonly voxels:
    | { readonly kind: 'image'; readonly dtype: ImageDtype }
    /** Indices into these colours. */
    | { readonly kind: 'labels'; readonly colours: ShownColours };
}

/** What the slices may show; read anew for each frame. */
export interface SliceSource<Slot extends object> {
  readonly volume: VolumeInfo;
  /** In no order. */
  readonly layers: readonly SliceLayer<Slot>[];
  readonly segments: LabelBricks<Slot>;
}

/** Whether a layer is drawn: images and labels may be held off all at once. */
export const isShown = (
  { kind, visible }: Layer,
  { imagesOff, overlaysOff }: DisplayState,
): boolean => visible && !(kind === 'image' ? imagesOff : overlaysOff);

/** The ids of the layers that are drawn. */
export const shownIds = (display: DisplayState): ReadonlySet<string> =>
  new Set(display.layers.filter((layer) => isShown(layer, display)).map(({ id }) => id));

/** The resident bricks of all levels from the wanted one to the coarsest that the view cuts. */
function drawnBricks<Slot extends object>(
  view: ViewId,
  state: SliceView,
  { loader, levels }: SliceLayer<Slot>,
  voxelSizeNm: Zyx,
): DrawnBrick<Slot>[] {
  const drawn: DrawnBrick<Slot>[] = [];
  for (let index = pickLevel(view, state, levels, voxelSizeNm); index < levels.length; index++) {
    const level = levels[index];
    if (!level) continue;
    for (const brickZyx of visibleBricks(view, state, level, voxelSizeNm)) {
      const slot = loader.slotOf({ level: index, brickZyx });
      if (slot) drawn.push({ slot, brickZyx, level });
    }
  }
  return drawn;
}

/** What could not be read of the wanted level and the coarser ones. */
const failedBricks = <Slot extends object>(
  { loader, levels }: SliceLayer<Slot>,
  wantedLevel: number,
): FailedBrick[] =>
  loader.failed().flatMap(({ level, brickZyx }) => {
    const info = levels[level];
    return info && level >= wantedLevel ? [{ brickZyx, level: info }] : [];
  });

/** A layer as a view draws it; undefined while it is not open. */
function sceneLayer<Slot extends object>(
  view: ViewId,
  state: SliceView,
  { volume, layers, segments }: SliceSource<Slot>,
  layer: Layer,
  emphasizedIds: DisplayState['emphasizedIds'],
): SceneLayer<Slot> | undefined {
  const { voxelSizeNm, shapeZyx } = volume;
  const { opacity, blending } = layer;
  if (layer.id === SEGMENTS_LAYER) {
    const bricks = segments.drawn(view, state);
    const bounds = boundsOfShape(shapeZyx);
    return { kind: 'segments', bounds, bricks, failed: [], opacity, blending };
  }
  const source = layers.find(({ id }) => id === layer.id);
  if (!source) return undefined;
  const { levels, bounds, voxels } = source;
  const bricks = drawnBricks(view, state, source, voxelSizeNm);
  const failed = failedBricks(source, pickLevel(view, state, levels, voxelSizeNm));
  const drawn = { bounds, bricks, failed, opacity, blending };
  if (voxels.kind === 'labels') {
    voxels.colours.emphasize(emphasizedIds?.[layer.id]);
    return { ...drawn, ...voxels };
  }
  if (layer.kind !== 'image') return undefined;
  const { contrast, colourMap } = layer;
  return { ...drawn, ...voxels, contrast, colourMap };
}

/** What a view has to draw of the source as it is now. */
export const sceneOf = <Slot extends object>(
  view: ViewId,
  state: SliceView,
  source: SliceSource<Slot>,
  display: DisplayState,
): SliceScene<Slot> => ({
  volumeShapeZyx: source.volume.shapeZyx,
  voxelSizeNm: source.volume.voxelSizeNm,
  layers: display.layers
    .filter((layer) => isShown(layer, display))
    .flatMap((layer) => sceneLayer(view, state, source, layer, display.emphasizedIds) ?? []),
  selectedIds: display.selectedIds,
  hiddenIds: display.hiddenIds,
});
