/** How much pictures take of a GPU, or of the processors, on which something else computes. */
import { untilBeat } from './beat';

/** What pictures may take of the time: slow ones that somebody asked for, as by moving a view, and those that only show growth. */
const SLOW_ANSWER_SHARE = 0.5;
const GROWTH_SHARE = 0.2;
const SLOW_GROWTH_SHARE = 0.1;
/** What takes longer is slow: it is drawn on the processors, or waits long for what a graphics card computes. */
const SLOW_MILLISECONDS = 30;
/** Rests are no longer than this, or than twice the picture: what changes is to be seen even where a picture takes long. */
const LONG_REST_MILLISECONDS = 700;
const LONG_GROWTH_REST_MILLISECONDS = 1700;

/** How long not to draw after a picture that took so long (ms), so that drawing takes its share of the time. */
export function restAfter(
  drawing: number,
  share: number,
  longest = LONG_REST_MILLISECONDS,
): number {
  return Math.min(drawing / share - drawing, Math.max(longest, 2 * drawing));
}

const isSlow = (drawing: number): boolean => drawing > SLOW_MILLISECONDS;

/**
 * How long what somebody asked for is not drawn after a picture that took so long, while something else computes; ms. Where pictures
 * are fast, each frame shows what moves.
 */
export const restBeforeAnswer = (drawing: number): number =>
  isSlow(drawing) ? restAfter(drawing, SLOW_ANSWER_SHARE) : 0;

/** The same of growth alone: where pictures are slow it comes on a beat, with all else that changes then. */
export const restBeforeGrowth = (drawing: number): number =>
  isSlow(drawing)
    ? untilBeat(restAfter(drawing, SLOW_GROWTH_SHARE, LONG_GROWTH_REST_MILLISECONDS))
    : restAfter(drawing, GROWTH_SHARE);
