import type { LevelGrid } from '../../core/slice-geometry';
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
function withoutCovered<T extends Item>(
  items: readonly Placed<T>[],
  covers: (item: T) => boolean,
): Placed<T>[] {
  const covering = items.filter(covers);
  const levels = new Set(covering.map(coarseness));
  const isCovered = (item: Placed<T>, level: number): boolean => {
    const { rectangle } = item.placement;
    let area = 0;
    for (const other of covering)
      if (coarseness(other) === level) area += overlap(rectangle, other.placement.rectangle);
    return area === overlap(rectangle, rectangle);
  };
  return items.filter(
    (item) => ![...levels].some((level) => level < coarseness(item) && isCovered(item, level)),
  );
}

/**
 * The bricks of a layer that the view shows, coarse levels first, so that finer ones cover them; without those that a finer
 * level's bricks which `covers` holds for hide altogether. Pure.
 */
export function inPaintersOrder<T extends Item>(
  frame: SliceFrame,
  items: readonly T[],
  covers: (item: T) => boolean = () => true,
): Placed<T>[] {
  const placed = items.flatMap((item) => {
    const placement = placeBrick(frame, item.level, item.brickZyx);
    return placement ? [{ ...item, placement }] : [];
  });
  return withoutCovered(placed, covers).sort((a, b) => coarseness(b) - coarseness(a));
}
