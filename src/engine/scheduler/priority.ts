/**
 * What bricks are wanted for, best first:
 * - `cover`: the coarsest level of what a view shows, a few bricks, so that no view stays blank;
 * - `visible`: the level that suits a view's zoom;
 * - `frontier`: what a computation has reached;
 * - `prefetch`: what a view will show if it moves on as it did;
 * - `context`: coarser levels around what a view shows.
 */
export const BANDS = ['cover', 'visible', 'frontier', 'prefetch', 'context'] as const;
export type Band = (typeof BANDS)[number];

const ORDERS = 2 ** 20;

/** How urgent a brick is: the lower the sooner. `order` ranks within the band, from 0 on, such as nearest first. */
export const priorityOf = (band: Band, order: number): number =>
  BANDS.indexOf(band) * ORDERS + Math.min(Math.max(order, 0), ORDERS - 1);

/** What nobody wants. */
export const UNWANTED = Number.POSITIVE_INFINITY;

export type Urgency = 'seen' | 'frontier' | 'ahead';

const FRONTIER = priorityOf('frontier', 0);
const AHEAD = priorityOf('prefetch', 0);

/** Whether a view shows it now, a computation waits for it, or it is only fetched in case. */
export const urgencyOf = (priority: number): Urgency =>
  priority < FRONTIER ? 'seen' : priority < AHEAD ? 'frontier' : 'ahead';
