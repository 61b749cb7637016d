import { createStore, type StoreApi } from 'zustand/vanilla';
import { axesOf, pixelToVoxel, type SliceView, type ViewId } from '../core/slice-geometry';
import { add, equal, floor, multiply, type Zyx } from '../core/vec';
import type { Session } from '../state/session';
import type { AppState } from '../state/store';

/** The open volume, as the store has it. */
export type OpenVolume = NonNullable<AppState['volume']>;

const map = (zyx: Zyx, change: (at: number, axis: 0 | 1 | 2) => number): Zyx => [
  change(zyx[0], 0),
  change(zyx[1], 1),
  change(zyx[2], 2),
];

/** The continuous point of the volume that is nearest; its floor is a voxel of the volume. */
export const clampCenter = (zyx: Zyx, shapeZyx: Zyx): Zyx =>
  map(zyx, (at, axis) => Math.min(Math.max(at, 0), shapeZyx[axis] - 1 / 1024));

/** A continuous centre inside a voxel: unchanged on the axes on which it lies there already, else the voxel's middle. */
export const centerInVoxel = (centerZyx: Zyx, voxelZyx: Zyx): Zyx =>
  map(voxelZyx, (voxel, axis) =>
    Math.floor(centerZyx[axis]) === voxel ? centerZyx[axis] : voxel + 0.5,
  );

/** The centre with which a view shows a continuous voxel at a point of its canvas (pixels); the slice stays the same. */
export function centerKeeping(
  viewId: ViewId,
  view: SliceView,
  voxelSizeNm: Zyx,
  voxelZyx: Zyx,
  [x, y]: readonly [x: number, y: number],
): Zyx {
  const there = pixelToVoxel(viewId, view, voxelSizeNm, x, y);
  const { normal } = axesOf(viewId);
  return map(view.centerZyx, (at, axis) =>
    axis === normal ? at : at + voxelZyx[axis] - there[axis],
  );
}

/** The zoom (nm per pixel) at which a whole slice just fits a canvas. */
export function fitNmPerPixel(
  viewId: ViewId,
  { shapeZyx, voxelSizeNm }: Pick<OpenVolume, 'shapeZyx' | 'voxelSizeNm'>,
  size: Pick<SliceView, 'widthPixels' | 'heightPixels'>,
): number {
  const { horizontal, vertical } = axesOf(viewId);
  const extentNm = multiply(shapeZyx, voxelSizeNm);
  return Math.max(extentNm[horizontal] / size.widthPixels, extentNm[vertical] / size.heightPixels);
}

/** A zoom at which the volume spans at least 32 pixels and a voxel at most 256. */
export function limitZoom(
  nmPerPixel: number,
  { shapeZyx, voxelSizeNm }: Pick<OpenVolume, 'shapeZyx' | 'voxelSizeNm'>,
): number {
  const nearest = Math.min(...voxelSizeNm) / 256;
  const farthest = Math.max(...multiply(shapeZyx, voxelSizeNm)) / 32;
  return Math.min(Math.max(nmPerPixel, nearest), farthest);
}

/** The continuous centre that a session's slice views share; its voxel is the store's `positionZyx`. */
export interface Navigation {
  readonly store: StoreApi<{ readonly centerZyx: Zyx }>;
  /** Moves the centre, kept inside the volume. */
  moveTo(centerZyx: Zyx): void;
  /** Zooms so that a view shows its whole slice, if nobody has zoomed since the volume was opened. */
  fitOnce(viewId: ViewId, size: Pick<SliceView, 'widthPixels' | 'heightPixels'>): void;
}

const navigations = new WeakMap<Session, Navigation>();

/** The session's one navigation. */
export function navigationOf(session: Session): Navigation {
  const known = navigations.get(session);
  if (known) return known;
  const navigation = createNavigation(session);
  navigations.set(session, navigation);
  return navigation;
}

function createNavigation(session: Session): Navigation {
  const middle: Zyx = [0.5, 0.5, 0.5];
  const store = createStore<{ readonly centerZyx: Zyx }>(() => ({
    centerZyx: add(session.state.positionZyx, middle),
  }));
  let fitted = session.state.volume === null;
  session.store.subscribe((state, before) => {
    const opened = state.volume !== before.volume;
    if (opened) fitted = state.volume === null;
    else if (state.nmPerPixel !== before.nmPerPixel) fitted = true;
    const { centerZyx } = store.getState();
    const next = opened
      ? add(state.positionZyx, middle)
      : centerInVoxel(centerZyx, state.positionZyx);
    if (!equal(next, centerZyx)) store.setState({ centerZyx: next });
  });
  return {
    store,
    moveTo(wanted) {
      const { volume, positionZyx } = session.state;
      if (!volume) return;
      const centerZyx = clampCenter(wanted, volume.shapeZyx);
      store.setState({ centerZyx });
      if (!equal(floor(centerZyx), positionZyx)) session.goTo(centerZyx);
    },
    fitOnce(viewId, size) {
      const { volume } = session.state;
      if (fitted || !volume) return;
      fitted = true;
      session.setZoom(limitZoom(fitNmPerPixel(viewId, volume, size), volume));
    },
  };
}
