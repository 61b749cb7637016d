import type { Bounds, LevelGrid } from '../../core/slice-geometry';
import { volumeOf, type Zyx } from '../../core/vec';
import { type BrickPlacement, type PixelRectangle, placeBrick, type SliceFrame } from './placement';

interface Item {
  readonly brickZyx: Zyx;
  readonly level: LevelGrid;
}

/** An item with its place on the canvas. */
export type Placed<T> = T & { readonly placement: BrickPlacement };

/** How coarse an item's level is: voxels of the finest level in one of its own. */
export const coarseness = ({ level }: Item): number => volumeOf(level.scaleZyx);

const overlap = (a: PixelRectangle, b: PixelRectangle): number =>
  Math.max(Math.min(a.right, b.right) - Math.max(a.left, b.left), 0) *
  Math.max(Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top), 0);

/** Leaves out what one finer level paints over: bricks of a level share no pixel, so their overlaps add up to the whole. */
function withoutCovered<T extends Item>(items: readonly Placed<T>[]): Placed<T>[] {
  const levels = new Set(items.map(coarseness));
  const isCovered = (item: Placed<T>, level: number): boolean => {
    const { rectangle } = item.placement;
    let area = 0;
    for (const other of items)
      if (coarseness(other) === level) area += overlap(rectangle, other.placement.rectangle);
    return area === overlap(rectangle, rectangle);
  };
  return items.filter(
    (item) => ![...levels].some((level) => level < coarseness(item) && isCovered(item, level)),
  );
}

function place<T extends Item>(
  frame: SliceFrame,
  bounds: Bounds,
  items: readonly T[],
): Placed<T>[] {
  return items.flatMap((item) => {
    const placement = placeBrick(frame, bounds, item.level, item.brickZyx);
    return placement ? [{ ...item, placement }] : [];
  });
}

/**
 * The bricks of a layer that the view shows, coarse levels first, so that finer ones cover them; without those that a finer
 * level's bricks hide altogether. Pure.
 */
export const inPaintersOrder = <T extends Item>(
  frame: SliceFrame,
  bounds: Bounds,
  items: readonly T[],
): Placed<T>[] =>
  withoutCovered(place(frame, bounds, items)).sort((a, b) => coarseness(b) - coarseness(a));

/** A rectangle without what another covers of it: up to four rectangles that share no pixel. */
function without(whole: PixelRectangle, other: PixelRectangle): PixelRectangle[] {
  if (overlap(whole, other) === 0) return [whole];
  const top = Math.max(whole.top, other.top);
  const bottom = Math.min(whole.bottom, other.bottom);
  return [
    { ...whole, bottom: top },
    { ...whole, top: bottom },
    { ...whole, top, bottom, right: other.left },
    { ...whole, top, bottom, left: other.right },
  ].filter(({ left, right, ...rows }) => left < right && rows.top < rows.bottom);
}

/**
 * Where bricks of a layer could not be read: rectangles that share no pixel, without what finer bricks show, or would show
 * had they not failed too. Pure.
 */
export function hatchedRectangles(
  frame: SliceFrame,
  bounds: Bounds,
  shown: readonly Item[],
  failed: readonly Item[],
): PixelRectangle[] {
  if (failed.length === 0) return [];
  const missing = place(frame, bounds, failed);
  const all = [...place(frame, bounds, shown), ...missing];
  return missing.flatMap((item) => {
    let rectangles = [item.placement.rectangle];
    for (const other of all)
      if (coarseness(other) < coarseness(item))
        rectangles = rectangles.flatMap((one) => without(one, other.placement.rectangle));
    return rectangles;
  });
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
