import type { Bounds, LevelGrid, SlicePlane } from '../../core/slice-geometry';
import { equal, maximum, minimum, volumeOf, type Zyx } from '../../core/vec';
import { type BrickPlacement, type PixelRectangle, placeBrick, shownOf } from './placement';

interface Item {
  readonly brickZyx: Zyx;
  readonly level: LevelGrid;
}

/** An item with its place on the canvas. */
export type Placed<T> = T & { readonly placement: BrickPlacement };

/** How coarse an item's level is: voxels of the finest level in one of its own. */
export const coarseness = ({ level }: Item): number => volumeOf(level.scaleZyx);

/** Less than this of a brick (square pixels) is what was rounded. */
const NOTHING_PIXELS = 1e-5;

/** What a view shows of two bricks at once, in square pixels. */
function overlap(plane: SlicePlane, a: BrickPlacement, b: BrickPlacement): number {
  const startZyx = maximum(a.bounds.startZyx, b.bounds.startZyx);
  const endZyx = minimum(a.bounds.endZyx, b.bounds.endZyx);
  // Of a pyramid's bricks most lie within a coarser one, or apart from it.
  if (equal(startZyx, b.bounds.startZyx) && equal(endZyx, b.bounds.endZyx)) return b.areaPixels;
  return shownOf(plane, { startZyx, endZyx })?.areaPixels ?? 0;
}

const areApart = ({ bounds: a }: BrickPlacement, { bounds: b }: BrickPlacement): boolean =>
  a.startZyx[0] >= b.endZyx[0] ||
  a.startZyx[1] >= b.endZyx[1] ||
  a.startZyx[2] >= b.endZyx[2] ||
  b.startZyx[0] >= a.endZyx[0] ||
  b.startZyx[1] >= a.endZyx[1] ||
  b.startZyx[2] >= a.endZyx[2];

/** Leaves out what one finer level paints over: bricks of a level share nothing, so their overlaps add up to the whole. */
function withoutCovered<T extends Item>(
  plane: SlicePlane,
  items: readonly Placed<T>[],
): Placed<T>[] {
  const levels = new Map<number, Placed<T>[]>();
  for (const item of items) {
    const level = coarseness(item);
    const known = levels.get(level);
    if (known) known.push(item);
    else levels.set(level, [item]);
  }
  if (levels.size < 2) return [...items];
  const isCovered = ({ placement }: Placed<T>, finer: readonly Placed<T>[]): boolean => {
    let covered = 0;
    for (const other of finer)
      if (!areApart(placement, other.placement))
        covered += overlap(plane, placement, other.placement);
    return covered > placement.areaPixels - NOTHING_PIXELS;
  };
  return items.filter(
    (item) =>
      ![...levels].some(([level, finer]) => level < coarseness(item) && isCovered(item, finer)),
  );
}

function place<T extends Item>(
  plane: SlicePlane,
  bounds: Bounds,
  items: readonly T[],
): Placed<T>[] {
  return items.flatMap((item) => {
    const placement = placeBrick(plane, bounds, item.level, item.brickZyx);
    return placement ? [{ ...item, placement }] : [];
  });
}

/**
 * The bricks of a layer that the view shows, coarse levels first, so that finer ones cover them; without those that a finer
 * level's bricks hide altogether. Pure.
 */
export const inPaintersOrder = <T extends Item>(
  plane: SlicePlane,
  bounds: Bounds,
  items: readonly T[],
): Placed<T>[] =>
  withoutCovered(plane, place(plane, bounds, items)).sort((a, b) => coarseness(b) - coarseness(a));

/** Where bricks of a layer could not be read, as something to paint: bricks that hatch, and such that end the hatch of coarser ones. */
export type HatchItem = Placed<Item & { readonly isFailed: boolean }>;

/**
 * What is hatched: bricks in painter's order, of which the topmost at a pixel says whether it is. A failed brick is hatched
 * but where a finer one shows; none where nothing failed. Pure.
 */
export function hatchInPaintersOrder(
  plane: SlicePlane,
  bounds: Bounds,
  shown: readonly Item[],
  failed: readonly Item[],
): HatchItem[] {
  const missing = place(plane, bounds, failed);
  if (missing.length === 0) return [];
  const mark = ({ brickZyx, level }: Item, isFailed: boolean) => ({ brickZyx, level, isFailed });
  return inPaintersOrder(plane, bounds, [
    ...shown.map((item) => mark(item, false)),
    ...failed.map((item) => mark(item, true)),
  ]);
}

/** The smallest rectangle that holds all; undefined for none. */
export function unionOf(rectangles: readonly PixelRectangle[]): PixelRectangle | undefined {
  const [first, ...others] = rectangles;
  return others.reduce<PixelRectangle | undefined>(
    (union, { left, top, right, bottom }) =>
      union && {
        left: Math.min(union.left, left),
        top: Math.min(union.top, top),
        right: Math.max(union.right, right),
        bottom: Math.max(union.bottom, bottom),
      },
    first,
  );
}
