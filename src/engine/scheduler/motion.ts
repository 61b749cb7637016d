import { BRICK_EDGE } from '../../core/brick';
import { axesOf, type LevelGrid, type SliceView, type ViewId } from '../../core/slice-geometry';
import type { Zyx } from '../../core/vec';

/** How a view has moved lately. */
export interface Motion {
  readonly centerZyx: Zyx;
  /** When it last changed, in milliseconds of the caller's clock. */
  readonly at: number;
  /** Voxels of the finest level a second; along the view's normal: slices. */
  readonly speedZyx: Zyx;
}

/** Changes further apart than this say nothing about each other. */
const FORGOTTEN_MILLISECONDS = 1000;
const LEAST_MILLISECONDS = 16;
/** How much of a speed the newest change makes. */
const NEWEST = 0.5;

const STILL: Zyx = [0, 0, 0];

const along = (of: (axis: 0 | 1 | 2) => number): Zyx => [of(0), of(1), of(2)];

/** How a view moves that is now at `state`. One that went further than it shows was moved somewhere, and is still. */
export function moved(
  before: Motion | undefined,
  view: ViewId,
  state: SliceView,
  voxelSizeNm: Zyx,
  now: number,
): Motion {
  const { centerZyx } = state;
  if (!before) return { centerZyx, at: now, speedZyx: STILL };
  const stepZyx = along((axis) => centerZyx[axis] - before.centerZyx[axis]);
  // Zooming and resizing leave the motion as it was.
  if (stepZyx.every((step) => step === 0)) return before;
  const { horizontal, vertical } = axesOf(view);
  const shownNm = (axis: 0 | 1 | 2) =>
    state.nmPerPixel *
    (axis === horizontal
      ? state.widthPixels
      : axis === vertical
        ? state.heightPixels
        : Math.max(state.widthPixels, state.heightPixels));
  const isJump = ([0, 1, 2] as const).some(
    (axis) => Math.abs(stepZyx[axis]) * voxelSizeNm[axis] > shownNm(axis),
  );
  if (isJump) return { centerZyx, at: now, speedZyx: STILL };
  const milliseconds = Math.max(now - before.at, LEAST_MILLISECONDS);
  const newest = milliseconds > FORGOTTEN_MILLISECONDS ? 1 : NEWEST;
  const seconds = Math.min(milliseconds, FORGOTTEN_MILLISECONDS) / 1000;
  const speedZyx = along(
    (axis) => (newest * stepZyx[axis]) / seconds + (1 - newest) * before.speedZyx[axis],
  );
  return { centerZyx, at: now, speedZyx };
}

/** How far ahead is looked. */
const AHEAD_SECONDS = 1;
const MOST_BRICKS_AHEAD = 3;
/** Of the fastest axis' speed: a hand does not move exactly along one. */
const ASTRAY = 0.25;

/**
 * Where a view that moves so will be, nearest first: at each brick's edge of a level on its way, the next one at least, and
 * so many as it covers in a second, three at most; none for one that is still.
 */
export function placesAhead({ centerZyx, speedZyx }: Motion, level: LevelGrid): Zyx[] {
  const bricksZyx = along(
    (axis) => (speedZyx[axis] * AHEAD_SECONDS) / level.scaleZyx[axis] / BRICK_EDGE,
  );
  const fastest = Math.max(...bricksZyx.map(Math.abs));
  if (fastest === 0) return [];
  const steps = Math.min(MOST_BRICKS_AHEAD, Math.max(1, Math.ceil(fastest)));
  const towards = along((axis) => {
    const share = bricksZyx[axis] / fastest;
    return Math.abs(share) < ASTRAY ? 0 : share * BRICK_EDGE * level.scaleZyx[axis];
  });
  return Array.from({ length: steps }, (_, step) =>
    along((axis) => centerZyx[axis] + (step + 1) * towards[axis]),
  );
}
