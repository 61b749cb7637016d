import { volumeOf, type Zyx } from '../../core/vec';
import { CanvasStore } from './canvas-store';
import { type GrowHooks, growObjects } from './grow';
import { FfnObject, type ObjectSetup } from './object';
import { referenceSegment } from './reference';
import { fakeNetwork, fieldsOf, testThresholds, tubes } from './testing';

/** What the network sees at once, unless a case says something else. */
export const FIELD: Zyx = [9, 9, 9];
const DELTAS: Zyx = [2, 2, 2];

/** An object that is to grow in an image, and where its fields of view were so far. */
export interface Case {
  readonly shapeZyx: Zyx;
  readonly image: Float32Array;
  readonly setup: ObjectSetup;
  readonly visited: Zyx[];
}

/** An object that begins in the middle of an image of tubes, with changes of that. */
export function makeCase(shapeZyx: Zyx, seed: number, changes: Partial<ObjectSetup> = {}): Case {
  return {
    shapeZyx,
    image: tubes(shapeZyx, seed),
    visited: [],
    setup: {
      startZyx: shapeZyx.map((size) => size >> 1) as unknown as Zyx,
      fieldOfViewZyx: FIELD,
      deltasZyx: DELTAS,
      thresholds: testThresholds,
      canvas: { originZyx: [0, 0, 0], shapeZyx },
      isTaken: () => false,
      ...changes,
    },
  };
}

/** Grows an object in bricks, and notes where its fields of view were. */
export async function grow(
  { setup, image, shapeZyx, visited }: Case,
  hooks: Partial<GrowHooks> = {},
  store = new CanvasStore(Number.POSITIVE_INFINITY),
): Promise<FfnObject> {
  const object = new FfnObject(setup, store);
  const source = fieldsOf(image, shapeZyx, setup.fieldOfViewZyx);
  await growObjects([object], {
    network: fakeNetwork(setup.fieldOfViewZyx),
    image: {
      read: (zyx, signal) => {
        visited.push(zyx);
        return source.read(zyx, signal);
      },
    },
    signal: new AbortController().signal,
    batch: 1,
    ...hooks,
  });
  return object;
}

/** All logits of an object. */
export const wholeCanvas = (object: FfnObject, shapeZyx: Zyx) =>
  object.canvas.read({ originZyx: [0, 0, 0], shapeZyx });

/** How many numbers differ; NaN is the same as NaN. */
export function differences(a: Float32Array, b: Float32Array): number {
  let found = Math.abs(a.length - b.length);
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) found++;
  return found;
}

/** The same object as google/ffn's own order grows it, on one dense canvas. */
export const reference = ({ setup, image, shapeZyx }: Case, maxSteps = Number.POSITIVE_INFINITY) =>
  referenceSegment({
    ...setup,
    shapeZyx,
    image,
    maxSteps,
    segmentation: Uint32Array.from({ length: volumeOf(shapeZyx) }, (_, index) => {
      const row = Math.floor(index / shapeZyx[2]);
      const zyx: Zyx = [Math.floor(row / shapeZyx[1]), row % shapeZyx[1], index % shapeZyx[2]];
      return setup.isTaken(zyx) ? 1 : 0;
    }),
    apply: (field, seed) => fakeNetwork(setup.fieldOfViewZyx).apply(field, seed),
  });
