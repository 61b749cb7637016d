import type { Zyx } from '../../core/vec';
import { writeBundle } from '../../models/testing-bundle';
import { randomNetwork, tensorsOf } from '../../models/testing-network';
import type { FillProgress, SegmentInfo } from '../protocol';
import { TestEngine } from '../testing-engine';

/** What the model sees at once. */
export const FIELD: Zyx = [9, 9, 9];
/** How far its field of view moves. */
export const DELTAS: Zyx = [2, 2, 2];

/** An engine on the processor that has a model; what its network does is up to the surroundings' `createNetwork`. */
export class FfnTestEngine extends TestEngine {
  /** The model's id, once there is one. */
  model = '';

  /** Starts the engine, and imports the model: of voxels of 10 nm, values of 128 ± 33. */
  async startWithModel(): Promise<void> {
    await this.start('cpu');
    const files = writeBundle('fake', tensorsOf(randomNetwork(1, 2, 1)));
    const { id } = await this.engine.importModel(1, files, {
      fieldOfViewZyx: FIELD,
      deltasZyx: DELTAS,
      voxelSizeNm: [10, 10, 10],
      padProbability: 0.05,
      moveThreshold: 0.9,
      normalization: { mean: 128, deviation: 33 },
    });
    this.model = id;
  }

  /** The segments that were told of last. */
  segments(): readonly SegmentInfo[] {
    return this.events.findLast((event) => event.type === 'segments')?.segments ?? [];
  }

  /** All that was told of how far jobs are. */
  progresses(): FillProgress[] {
    return this.events.flatMap((event) => (event.type === 'progress' ? [event.progress] : []));
  }
}
