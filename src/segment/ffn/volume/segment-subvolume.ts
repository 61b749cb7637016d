import type { Zyx } from '../../../core/vec';
import type { CanvasStore } from '../canvas-store';
import { hasContext } from '../fov';
import { type GrowHooks, growObjects } from '../grow';
import { FfnObject } from '../object';
import type { FfnThresholds } from '../params';
import type { SubvolumeLabels, VoxelRuns } from './subvolume-labels';

/** All that objects of a subvolume are grown with; voxels of the level that the network sees. */
export interface SubvolumeSetup {
  readonly labels: SubvolumeLabels;
  /** In the order in which they are tried. */
  readonly seeds: readonly Zyx[];
  readonly fieldOfViewZyx: Zyx;
  readonly deltasZyx: Zyx;
  readonly thresholds: FfnThresholds;
  readonly minSegmentSize: number;
  readonly minBoundaryDist: number;
  readonly store: CanvasStore;
}

/** What became of a seed that an object was grown from: its voxels, none where it came to nothing. */
export interface SeedOutcome {
  readonly seed: number;
  readonly startZyx: Zyx;
  readonly runs: VoxelRuns;
  readonly voxels: number;
  /** Applications of the network. */
  readonly steps: number;
  readonly unread: number;
}

export interface SubvolumeHooks extends GrowHooks {
  /** Before a seed is tried. */
  onSeed(seed: number): void | Promise<void>;
  /** Before an object is grown; it is gone after `onOutcome`, or when all ends. */
  onObject?(object: FfnObject): void;
  /** After an object was grown; its voxels are taken by whoever listens. */
  onOutcome(outcome: SeedOutcome): void | Promise<void>;
}

const NO_VOXELS: VoxelRuns = new Uint32Array(0);

/**
 * Grows an object from each seed that has a field of view around it and no finished object within `minBoundaryDist`, in order, one
 * after the other from `from` on, as google/ffn's `Canvas.segment_all` does: what the network does not believe in, or what has fewer than
 * `minSegmentSize` voxels that nobody has, comes to nothing. Rejects as `growObjects` does; it can go on from the seed then.
 */
export async function segmentSubvolume(
  setup: SubvolumeSetup,
  from: number,
  { onSeed, onObject, onOutcome, ...hooks }: SubvolumeHooks,
): Promise<void> {
  const { labels, seeds, fieldOfViewZyx, deltasZyx, thresholds, store } = setup;
  for (let seed = from; seed < seeds.length; seed++) {
    await onSeed(seed);
    const startZyx = seeds[seed];
    if (!startZyx || !hasContext(startZyx, fieldOfViewZyx, labels.box)) continue;
    if (labels.isTakenNear(startZyx, setup.minBoundaryDist)) continue;
    const isTaken = (zyx: Zyx) => labels.isTaken(zyx);
    const geometry = { startZyx, fieldOfViewZyx, deltasZyx, canvas: labels.box };
    const object = new FfnObject({ ...geometry, thresholds, isTaken }, store);
    onObject?.(object);
    try {
      const unread = await growObjects([object], hooks);
      const { runs, voxels } = object.isWeak
        ? { runs: NO_VOXELS, voxels: 0 }
        : labels.free(object.canvas, thresholds.segment);
      const outcome = { seed, startZyx, steps: object.steps, unread };
      await onOutcome(
        voxels > 0 && voxels >= setup.minSegmentSize
          ? { ...outcome, runs, voxels }
          : { ...outcome, runs: NO_VOXELS, voxels: 0 },
      );
    } finally {
      object.dispose();
    }
  }
}
