/** How much pictures take of a GPU, or of the processors, on which something else computes. */
import { untilBeat } from './beat';

/** What pictures may take of the time that somebody asked for, as by moving a view, and those that only show what has grown. */
const ANSWER_SHARE = 0.2;
const GROWTH_SHARE = 0.1;
/** Rests are no longer than this, or than twice the picture: growth is to be seen even where a picture takes long. */
const LONG_REST_MILLISECONDS = 700;
/** Pictures that rest longer come on a beat, with all else that changes then. */
const SLOW_REST_MILLISECONDS = 125;

/** How long not to draw after a picture that took so long (ms), so that drawing takes its share of the time. */
export function restAfter(drawing: number, share: number): number {
  return Math.min(drawing / share - drawing, Math.max(LONG_REST_MILLISECONDS, 2 * drawing));
}

/** How long what somebody asked for is not drawn after a picture that took so long, while something else computes; ms. */
export const restBeforeAnswer = (drawing: number): number => restAfter(drawing, ANSWER_SHARE);

/** The same of growth alone. */
export function restBeforeGrowth(drawing: number): number {
  const rest = restAfter(drawing, GROWTH_SHARE);
  return rest > SLOW_REST_MILLISECONDS ? untilBeat(rest) : rest;
}
