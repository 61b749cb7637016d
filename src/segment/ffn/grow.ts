import { FloodlightError } from '../../core/errors';
import type { Zyx } from '../../core/vec';
import { volumeOf } from '../../core/vec';
import type { Gate } from '../gate';
import type { Network } from '../network/network';
import type { FfnObject } from './object';

/** Where fields of view come from. */
export interface FieldSource {
  /** The normalised image of a field of view centred there, C-ordered; undefined where it cannot be read. */
  read(centreZyx: Zyx, signal: AbortSignal): Promise<Float32Array | undefined>;
  /** Gets nearer what will be read soon: centres of fields of view, the next one first. */
  prefetch?(centres: readonly Zyx[], signal: AbortSignal): void;
}

export interface GrowHooks {
  readonly network: Network;
  readonly image: FieldSource;
  readonly signal: AbortSignal;
  readonly gate?: Gate | undefined;
  /** Fields of view of one object in one application. */
  readonly batch: number;
  /** Applications to one object at most. */
  readonly maxSteps?: number | undefined;
  /** After each application; may wait for whatever else is to be done. */
  onStep?(): void | Promise<void>;
}

/** One field of view that the network is to be applied to. */
interface Field {
  readonly object: FfnObject;
  readonly zyx: Zyx;
}

/** So many positions ahead are fetched. */
const AHEAD = 8;

/**
 * Grows objects until none has anything left to visit, or all have had `maxSteps`; one field of view of each, or `batch`, in one
 * application of the network. What the network or the source rejects with ends it, and the objects can be grown on then: no
 * position is lost. Resolves with how many fields of view could not be read.
 */
export async function growObjects(
  objects: readonly FfnObject[],
  { network, image, signal, gate, batch, maxSteps = Number.POSITIVE_INFINITY, onStep }: GrowHooks,
): Promise<number> {
  let unread = 0;
  for (;;) {
    await gate?.pass(signal);
    signal.throwIfAborted();
    const fields = nextFields(objects, batch, maxSteps, network.maxBatch);
    if (fields.length === 0) return unread;
    try {
      image.prefetch?.(
        objects.flatMap((object) => object.waiting.slice(0, AHEAD)),
        signal,
      );
      const images = await Promise.all(fields.map(({ zyx }) => image.read(zyx, signal)));
      const readable = fields.filter((_, index) => images[index] !== undefined);
      if (readable.length > 0)
        await applyTo(
          readable,
          images.filter((read) => read !== undefined),
          network,
          signal,
        );
      unread += fields.length - readable.length;
    } catch (error) {
      for (const object of objects)
        object.putBack(fields.filter((field) => field.object === object).map(({ zyx }) => zyx));
      throw error;
    }
    await onStep?.();
  }
}

/** Fields of view for one application: of each object in turn, as many as the network takes. */
function nextFields(
  objects: readonly FfnObject[],
  batch: number,
  maxSteps: number,
  maxBatch: number,
): Field[] {
  const fields: Field[] = [];
  // Those that had fewest steps go first, so that all grow where there are more than fit.
  for (const object of [...objects].sort((a, b) => a.steps - b.steps)) {
    const most = Math.min(batch, maxSteps - object.steps, maxBatch - fields.length);
    if (most <= 0) continue;
    for (const zyx of object.take(most)) fields.push({ object, zyx });
  }
  return fields;
}

async function applyTo(
  fields: readonly Field[],
  images: readonly Float32Array[],
  network: Network,
  signal: AbortSignal,
): Promise<void> {
  const voxels = volumeOf(network.fieldOfViewZyx);
  const image = new Float32Array(voxels * fields.length);
  const seed = new Float32Array(voxels * fields.length);
  fields.forEach(({ object, zyx }, index) => {
    image.set(images[index] ?? [], index * voxels);
    seed.set(object.seedOf(zyx), index * voxels);
  });
  const logits = await network.apply(image, seed, signal);
  if (logits.some(Number.isNaN))
    throw new FloodlightError('INTERNAL', {
      reason: `the network on ${network.adapter} (${network.precision}) gave values that are no numbers`,
    });
  for (const [index, { object, zyx }] of fields.entries())
    object.apply(zyx, logits.subarray(index * voxels, (index + 1) * voxels));
}
