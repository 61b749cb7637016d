import { BRICK_EDGE } from '../../core/brick';
import {
  alongNm,
  directionsOf,
  type LevelGrid,
  type SliceView,
  type ViewDirections,
  type ViewId,
} from '../../core/slice-geometry';
import { add, dot, multiply, scale, subtract, type Zyx } from '../../core/vec';

/** How a view has moved lately. */
export interface Motion {
  readonly centerZyx: Zyx;
  /** When it last changed, in milliseconds of the caller's clock. */
  readonly at: number;
  /** Voxels of the finest level a second. */
  readonly speedZyx: Zyx;
}

/** Changes further apart than this say nothing about each other. */
const FORGOTTEN_MILLISECONDS = 1000;
const LEAST_MILLISECONDS = 16;
/** How much of a speed the newest change makes. */
const NEWEST = 0.5;

const STILL: Zyx = [0, 0, 0];

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
  const stepZyx = subtract(centerZyx, before.centerZyx);
  // Zooming, turning and resizing leave the motion as it was.
  if (stepZyx.every((step) => step === 0)) return before;
  const { right, down, away } = directionsOf(view, state.orientation);
  const stepNm = multiply(stepZyx, voxelSizeNm);
  const isLonger = (direction: Zyx, pixels: number) =>
    Math.abs(dot(stepNm, direction)) > state.nmPerPixel * pixels;
  const isJump =
    isLonger(right, state.widthPixels) ||
    isLonger(down, state.heightPixels) ||
    isLonger(away, Math.max(state.widthPixels, state.heightPixels));
  if (isJump) return { centerZyx, at: now, speedZyx: STILL };
  const milliseconds = Math.max(now - before.at, LEAST_MILLISECONDS);
  const newest = milliseconds > FORGOTTEN_MILLISECONDS ? 1 : NEWEST;
  const seconds = Math.min(milliseconds, FORGOTTEN_MILLISECONDS) / 1000;
  const speedZyx = add(scale(stepZyx, newest / seconds), scale(before.speedZyx, 1 - newest));
  return { centerZyx, at: now, speedZyx };
}

/** How far ahead is looked. */
const AHEAD_SECONDS = 1;
const MOST_BRICKS_AHEAD = 3;
/** Of the fastest direction's speed: a hand does not move exactly along one. */
const ASTRAY = 0.25;

/**
 * Where a view that moves so will be, nearest first: at each brick's edge of a level on its way, the next one at least, and
 * so many as it covers in a second, three at most; none for one that is still.
 */
export function placesAhead(
  { centerZyx, speedZyx }: Motion,
  { right, down, away }: ViewDirections,
  level: LevelGrid,
  voxelSizeNm: Zyx,
): Zyx[] {
  const speedNm = multiply(speedZyx, voxelSizeNm);
  const parts = [right, down, away].map((direction) => {
    const partZyx = alongNm(direction, dot(speedNm, direction) * AHEAD_SECONDS, voxelSizeNm);
    return { partZyx, bricks: bricksAlong(partZyx, level) };
  });
  const fastest = Math.max(...parts.map(({ bricks }) => bricks));
  if (fastest === 0) return [];
  const steps = Math.min(MOST_BRICKS_AHEAD, Math.max(1, Math.ceil(fastest)));
  const wayZyx = parts
    .filter(({ bricks }) => bricks >= ASTRAY * fastest)
    .reduce<Zyx>((way, { partZyx }) => add(way, partZyx), STILL);
  const brickZyx = scale(wayZyx, 1 / bricksAlong(wayZyx, level));
  return Array.from({ length: steps }, (_, step) => add(centerZyx, scale(brickZyx, step + 1)));
}

/** How many bricks of a level a way leads through, along the axis along which it is longest. */
const bricksAlong = (wayZyx: Zyx, { scaleZyx }: LevelGrid): number =>
  Math.max(...wayZyx.map((way, axis) => Math.abs(way) / (scaleZyx[axis] ?? 1) / BRICK_EDGE));
