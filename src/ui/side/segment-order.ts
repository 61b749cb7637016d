import type { SegmentInfo } from '../../state/store';

export type SegmentColumn = 'id' | 'voxels';

/** By which column the list is sorted, and which way. */
export interface SegmentOrder {
  readonly column: SegmentColumn;
  readonly descending: boolean;
}

/** A sorted copy; equal ones newest first. */
export function sortSegments(
  segments: readonly SegmentInfo[],
  { column, descending }: SegmentOrder,
): readonly SegmentInfo[] {
  const sign = descending ? -1 : 1;
  return [...segments].sort((a, b) => sign * (a[column] - b[column]) || b.id - a.id);
}

/** The order after a click on a column's head: the largest first, then the other way round. */
export const nextOrder = (order: SegmentOrder, column: SegmentColumn): SegmentOrder => ({
  column,
  descending: order.column === column ? !order.descending : true,
});
