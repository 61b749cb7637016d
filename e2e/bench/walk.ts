/** A walk through the open volume: the slice views look elsewhere in each animation frame. */
import type { Zyx } from '../../src/core/vec';
import type { SlicePicture } from '../../src/engine/protocol';
import { type Frames, framesOf, type Step } from './frames';

const WALK_MILLISECONDS = 4000;
/** So many times nearer than all of it. */
const NEAR = 4;

/** Where the walk is after some part of its time: across the volume, along its slices, then out and in again. */
function placeAt(part: number, shapeZyx: Zyx, wholeNmPerPixel: number): Omit<Step, 'at'> {
  const across = Math.min(1, 2 * part);
  const along = Math.min(1, Math.max(0, 4 * part - 2));
  const out = Math.max(0, 4 * part - 3);
  const parts: Zyx = [0.25 + 0.5 * along, 0.25 + 0.5 * across, 0.75 - 0.5 * across];
  const [z, y, x] = shapeZyx.map((size, axis) => Math.floor(size * (parts[axis] ?? 0)));
  const isNear = 1 - Math.sin(Math.PI * out);
  return { zyx: [z ?? 0, y ?? 0, x ?? 0], nmPerPixel: wholeNmPerPixel / NEAR ** isNear };
}

const nextFrame = () => new Promise(requestAnimationFrame);

export interface WalkFrames extends Frames {
  /** Animation frames of the page a second. */
  readonly frames: number;
  /** How many tasks of its main thread were long, and what the longest of them took; ms. */
  readonly longTasks: number;
  readonly longestTask: number;
}

/** Goes once, from the zoom at which all is seen; the time that it takes does not depend on what the machine can do. */
export async function walk(wholeNmPerPixel: number): Promise<WalkFrames> {
  const { floodlight } = window;
  const { shapeZyx } = floodlight.volume();
  const pictures: SlicePicture[] = [];
  const steps: Step[] = [];
  const tasks: number[] = [];
  const note = (list: PerformanceEntryList) => tasks.push(...list.map(({ duration }) => duration));
  const observer = new PerformanceObserver((list) => note(list.getEntries()));
  observer.observe({ type: 'longtask' });
  const stop = floodlight.onPicture((picture) => pictures.push(picture));
  const started = performance.now();
  for (let part = 0; part < 1; ) {
    await nextFrame();
    part = Math.min(1, (performance.now() - started) / WALK_MILLISECONDS);
    const step = placeAt(part, shapeZyx, wholeNmPerPixel);
    steps.push({ at: performance.timeOrigin + performance.now(), ...step });
    floodlight.goTo(step.zyx);
    floodlight.setZoom(step.nmPerPixel);
  }
  note(observer.takeRecords());
  observer.disconnect();
  // What was under way then is told.
  const told = pictures.length;
  while (pictures.length === told) await nextFrame();
  stop();
  return {
    ...framesOf(steps, pictures),
    frames: (1000 * steps.length) / WALK_MILLISECONDS,
    longTasks: tasks.length,
    longestTask: Math.max(0, ...tasks),
  };
}
