import { pickLevel, type SliceView, type ViewId, visibleBricks } from '../core/slice-geometry';
import type { Zyx } from '../core/vec';
import { imageDtypeOf } from '../core/voxels';
import type { LevelInfo, VolumeInfo } from '../volume/model';
import type { LabelBricks } from './label-bricks';
import type { DisplayState } from './protocol';
import type { BrickLoader } from './scheduler/brick-loader';
import type { DrawnBrick, FailedBrick, SliceScene } from './slices';

/** A layer of bricks with levels: the image or a stored label layer. */
export interface SliceLayer<Slot extends object> {
  readonly loader: BrickLoader<Slot>;
  readonly levels: readonly LevelInfo[];
}

/** What the slices show; read anew for each frame. */
export interface SliceSource<Slot extends object> {
  readonly volume: VolumeInfo;
  readonly image: SliceLayer<Slot>;
  readonly reference:
    | (SliceLayer<Slot> & { takeColours(): Uint32Array<ArrayBuffer> | undefined })
    | undefined;
  readonly labels: LabelBricks<Slot>;
}

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

/** What a view has to draw of the source as it is now. */
export function sceneOf<Slot extends object>(
  view: ViewId,
  state: SliceView,
  { volume, image, reference, labels }: SliceSource<Slot>,
  display: DisplayState,
): SliceScene<Slot> {
  const { voxelSizeNm } = volume;
  return {
    volumeShapeZyx: volume.shapeZyx,
    voxelSizeNm,
    imageDtype: imageDtypeOf[volume.dtype],
    image: drawnBricks(view, state, image, voxelSizeNm),
    failed: failedBricks(image, pickLevel(view, state, image.levels, voxelSizeNm)),
    reference:
      reference && !display.overlaysOff ? drawnBricks(view, state, reference, voxelSizeNm) : [],
    labels: labels.drawn(view, state),
    display: { ...display, labelsVisible: display.labelsVisible && !display.overlaysOff },
  };
}
