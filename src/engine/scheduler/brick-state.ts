/**
 * Where a brick stands. absent: nobody wants it; queued: it waits for its turn; fetching, decoding: its chunks are on their
 * way; ready: it is decoded and about to be put into its pool; resident: it is there; empty: all its voxels are 0, so that it
 * shares one slot with all such; failed: it could not be read, with the error.
 */
export const BRICK_STATES = [
  'absent',
  'queued',
  'fetching',
  'decoding',
  'ready',
  'resident',
  'empty',
  'failed',
] as const;
export type BrickState = (typeof BRICK_STATES)[number];

/** How many bricks are in each state; absent ones are not counted. */
export type BrickCounts = Readonly<Record<Exclude<BrickState, 'absent'>, number>>;

export const NO_BRICKS: BrickCounts = {
  queued: 0,
  fetching: 0,
  decoding: 0,
  ready: 0,
  resident: 0,
  empty: 0,
  failed: 0,
};

export function addCounts(a: BrickCounts, b: BrickCounts): BrickCounts {
  return {
    queued: a.queued + b.queued,
    fetching: a.fetching + b.fetching,
    decoding: a.decoding + b.decoding,
    ready: a.ready + b.ready,
    resident: a.resident + b.resident,
    empty: a.empty + b.empty,
    failed: a.failed + b.failed,
  };
}
