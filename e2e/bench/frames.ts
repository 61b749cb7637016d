/** What slice views make of a walk: how many pictures, how far apart, how late. */
import type { Zyx } from '../../src/core/vec';
import type { SlicePicture } from '../../src/engine/protocol';
import { median } from './report';

/** Where the views were told to look, and when: milliseconds since 1970. */
export interface Step {
  readonly at: number;
  readonly zyx: Zyx;
  readonly nmPerPixel: number;
}

export interface Frames {
  /** A second. */
  readonly pictures: number;
  /** From one picture to the next: half of them no longer, and the longest; ms. */
  readonly gap: number;
  readonly longestGap: number;
  /** From a step to the picture that shows it: half of them no longer, and the longest; ms. */
  readonly late: number;
  readonly latest: number;
}

const isOf = ({ views }: SlicePicture, { zyx, nmPerPixel }: Step): boolean =>
  Object.values(views).every(
    (view) =>
      view.nmPerPixel === nmPerPixel &&
      view.centerZyx.every((at, axis) => Math.floor(at) === zyx[axis]),
  );

/**
 * Sums up the pictures of a walk, in which each step is another place than the one before; the last gap is the one in which it
 * ends. Throws where a picture shows an older step than the one before.
 */
export function framesOf(steps: readonly Step[], pictures: readonly SlicePicture[]): Frames {
  const start = steps[0]?.at ?? 0;
  const end = steps.at(-1)?.at ?? 0;
  const times = [start];
  const late: number[] = [];
  let newest = 0;
  let within = 0;
  for (const picture of pictures) {
    if (picture.doneAt < start) continue;
    const isLast = picture.doneAt > end;
    times.push(picture.doneAt);
    const index = steps.findIndex((step, index) => index >= newest && isOf(picture, step));
    if (index < 0 && steps.some((step) => isOf(picture, step)))
      throw new Error('A picture shows an older step than the one before.');
    if (index >= 0) {
      newest = index;
      late.push(picture.doneAt - (steps[index]?.at ?? 0));
    }
    if (isLast) break;
    within++;
  }
  if (times.length === 1) times.push(end);
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  return {
    pictures: (1000 * within) / (end - start),
    gap: median(gaps),
    longestGap: Math.max(...gaps),
    late: median(late),
    latest: Math.max(...late),
  };
}
