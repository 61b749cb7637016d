/**
 * How urgent the work is that a signal may abort. Signals go with a read all the way to the requests it makes; so does what is
 * known of them here.
 */
const ranks = new WeakMap<AbortSignal, () => number>();

/** Of what nobody ranked: before all else. */
const FIRST = 0;

/** The lower the sooner; it may change from one look to the next. */
export const rankOf = (signal: AbortSignal | undefined): number =>
  (signal && ranks.get(signal)?.()) ?? FIRST;

/** Ranks the work that a signal may abort; returns the signal. */
export function ranked(signal: AbortSignal, rank: () => number): AbortSignal {
  ranks.set(signal, rank);
  return signal;
}
