import { createStore, type StoreApi } from 'zustand/vanilla';
import { FloodlightError } from '../core/errors';
import {
  compose,
  IDENTITY,
  isIdentity,
  normalized,
  type Quaternion,
  turnAbout,
} from '../core/quaternion';
import {
  alongNm,
  axesOf,
  directionsOf,
  pixelToVoxel,
  type SliceView,
  sliceStep,
  turnedAbout,
  type ViewDirections,
  type ViewId,
} from '../core/slice-geometry';
import { add, cross, dot, equal, floor, multiply, scale, subtract, type Zyx } from '../core/vec';
import type { AppState, AppStore } from './store';

/** The open volume, as the store has it. */
export type OpenVolume = NonNullable<AppState['volume']>;

type Extent = Pick<OpenVolume, 'shapeZyx' | 'voxelSizeNm'>;

const map = (zyx: Zyx, change: (at: number, axis: 0 | 1 | 2) => number): Zyx => [
  change(zyx[0], 0),
  change(zyx[1], 1),
  change(zyx[2], 2),
];

/** The continuous point of the volume that is nearest; its floor is a voxel of the volume. */
export const clampCenter = (zyx: Zyx, shapeZyx: Zyx): Zyx =>
  map(zyx, (at, axis) => Math.min(Math.max(at, 0), shapeZyx[axis] - 1 / 1024));

/** What of a way leads through the volume, from 0 to 1; from a point inside. */
function shareInside(fromZyx: Zyx, wayZyx: Zyx, shapeZyx: Zyx): number {
  const toEdge = ([0, 1, 2] as const).map((axis) => {
    const way = wayZyx[axis];
    if (way === 0) return 1;
    return ((way > 0 ? shapeZyx[axis] - 1 / 1024 : 0) - fromZyx[axis]) / way;
  });
  return Math.max(0, Math.min(1, ...toEdge));
}

/**
 * Where a centre comes to that is moved towards a point that may lie outside the volume: along each direction of the views as
 * far as the volume reaches, so that a plane which is moved in itself stays the same.
 */
export function moveInside(
  fromZyx: Zyx,
  toZyx: Zyx,
  { right, down, away }: ViewDirections,
  { shapeZyx, voxelSizeNm }: Extent,
): Zyx {
  if (equal(clampCenter(toZyx, shapeZyx), toZyx)) return toZyx;
  const wayNm = multiply(subtract(toZyx, fromZyx), voxelSizeNm);
  let at = fromZyx;
  for (const direction of [right, down, away]) {
    const way = alongNm(direction, dot(wayNm, direction), voxelSizeNm);
    at = add(at, scale(way, shareInside(at, way, shapeZyx)));
  }
  return clampCenter(at, shapeZyx);
}

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
  const { right, down } = directionsOf(viewId, view.orientation);
  const wayNm = multiply(subtract(voxelZyx, there), voxelSizeNm);
  return add(
    view.centerZyx,
    add(
      alongNm(right, dot(wayNm, right), voxelSizeNm),
      alongNm(down, dot(wayNm, down), voxelSizeNm),
    ),
  );
}

/** The zoom (nm per pixel) at which a whole slice just fits a canvas. */
export function fitNmPerPixel(
  viewId: ViewId,
  { shapeZyx, voxelSizeNm }: Extent,
  size: Pick<SliceView, 'widthPixels' | 'heightPixels'>,
): number {
  const { horizontal, vertical } = axesOf(viewId);
  const extentNm = multiply(shapeZyx, voxelSizeNm);
  return Math.max(extentNm[horizontal] / size.widthPixels, extentNm[vertical] / size.heightPixels);
}

/** A zoom at which the volume spans at least 32 pixels and a voxel at most 256. */
export function limitZoom(nmPerPixel: number, { shapeZyx, voxelSizeNm }: Extent): number {
  const nearest = Math.min(...voxelSizeNm) / 256;
  const farthest = Math.max(...multiply(shapeZyx, voxelSizeNm)) / 32;
  return Math.min(Math.max(nmPerPixel, nearest), farthest);
}

const isQuaternion = (value: unknown): value is Quaternion =>
  Array.isArray(value) && value.length === 4 && value.every((part) => typeof part === 'number');

/** An orientation of length one; BAD_PARAMETERS for what is none. */
export function checkOrientation(value: unknown): Quaternion {
  const orientation = isQuaternion(value) ? normalized(value) : undefined;
  if (orientation) return isIdentity(orientation) ? IDENTITY : orientation;
  throw new FloodlightError('BAD_PARAMETERS', {
    what: 'Orientation',
    reason: 'it must be a quaternion of four numbers, x, y, z, w, not all of them 0',
  });
}

/** What navigation changes of the session besides the centre. */
interface Steered {
  readonly store: AppStore;
  goTo(zyx: Zyx): void;
  setZoom(nmPerPixel: number): void;
}

/** The axis about which a turn takes a direction towards another one at right angles to it. */
const axisTurning = (from: Zyx, to: Zyx): Zyx => scale(cross(from, to), -1);

const MIDDLE: Zyx = [0.5, 0.5, 0.5];

/**
 * Where the slice views look: the continuous centre that they share, whose voxel is the store's `positionZyx`, and how they
 * are turned, the store's `orientation`. Nothing moves while no volume is open.
 */
export class Navigation {
  readonly store: StoreApi<{ readonly centerZyx: Zyx }>;
  private fitted: boolean;

  constructor(private readonly session: Steered) {
    const { positionZyx, volume } = this.state;
    this.store = createStore(() => ({ centerZyx: add(positionZyx, MIDDLE) }));
    this.fitted = volume === null;
    session.store.subscribe((state, before) => this.follow(state, before));
  }

  get centerZyx(): Zyx {
    return this.store.getState().centerZyx;
  }

  /** Where all views meet: in the middle of a voxel while they lie along the axes. */
  get crossingZyx(): Zyx {
    const { orientation, positionZyx } = this.state;
    return isIdentity(orientation) ? add(positionZyx, MIDDLE) : this.centerZyx;
  }

  private get state(): AppState {
    return this.session.store.getState();
  }

  /** Moves the centre, kept inside the volume. */
  moveTo(wanted: Zyx): void {
    const { volume, positionZyx, orientation } = this.state;
    if (!volume) return;
    const directions = directionsOf('xy', orientation);
    const centerZyx = moveInside(this.centerZyx, wanted, directions, volume);
    this.store.setState({ centerZyx });
    if (!equal(floor(centerZyx), positionZyx)) this.session.goTo(centerZyx);
  }

  /** Goes by so many slices of a view; along an axis from voxel to voxel. */
  step(viewId: ViewId, slices: number): void {
    const { volume, orientation } = this.state;
    if (!volume || slices === 0) return;
    const step = sliceStep(viewId, orientation, volume.voxelSizeNm);
    const isAlongAxis = step.filter((by) => by !== 0).length === 1;
    this.moveTo(
      map(this.centerZyx, (at, axis) => {
        const by = step[axis];
        return isAlongAxis && by !== 0 ? Math.floor(at) + 0.5 + slices * by : at + slices * by;
      }),
    );
  }

  /** Turns all views about a continuous voxel, or about the centre: first as they are turned now, then so. */
  turn(turn: Quaternion, aboutZyx: Zyx = this.centerZyx): void {
    const { volume, orientation } = this.state;
    if (!volume) return;
    this.setOrientation(compose(turn, orientation));
    this.moveTo(turnedAbout(this.centerZyx, aboutZyx, turn, volume.voxelSizeNm));
  }

  /**
   * Turns all views about a continuous voxel as one is dragged by so many radians, with neuroglancer's signs: what is right comes
   * nearer as the pointer goes right, what is below goes away as it goes down.
   */
  tilt(viewId: ViewId, rightRadians: number, downRadians: number, aboutZyx: Zyx): void {
    const { right, down, away } = directionsOf(viewId, this.state.orientation);
    const tilt = compose(
      turnAbout(axisTurning(away, right), rightRadians),
      turnAbout(axisTurning(down, away), downRadians),
    );
    this.turn(tilt, aboutZyx);
  }

  /** Turns all views about a view's normal, in it what is right downwards. */
  roll(viewId: ViewId, radians: number): void {
    const { right, down } = directionsOf(viewId, this.state.orientation);
    this.turn(turnAbout(axisTurning(right, down), radians));
  }

  /** Sets how the views are turned; BAD_PARAMETERS for what is no quaternion. */
  setOrientation(orientation: Quaternion): void {
    this.session.store.setState({ orientation: checkOrientation(orientation) });
  }

  /** Zooms so that a view shows its whole slice, if nobody has zoomed since the volume was opened. */
  fitOnce(viewId: ViewId, size: Pick<SliceView, 'widthPixels' | 'heightPixels'>): void {
    const { volume } = this.state;
    if (this.fitted || !volume) return;
    this.fitted = true;
    this.session.setZoom(limitZoom(fitNmPerPixel(viewId, volume, size), volume));
  }

  private follow(state: AppState, before: AppState): void {
    const opened = state.volume !== before.volume;
    if (opened) this.fitted = state.volume === null;
    else if (state.nmPerPixel !== before.nmPerPixel) this.fitted = true;
    const next = opened
      ? add(state.positionZyx, MIDDLE)
      : centerInVoxel(this.centerZyx, state.positionZyx);
    if (!equal(next, this.centerZyx)) this.store.setState({ centerZyx: next });
  }
}
