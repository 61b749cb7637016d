import { afterEach, beforeEach } from 'vitest';
import { volumeOf, type Zyx } from '../../core/vec';
import { referenceSegment } from '../../segment/ffn/reference';
import { fakeNetwork, testThresholds, tubes } from '../../segment/ffn/testing';
import type { Network } from '../../segment/network/network';
import type { Files } from '../../volume/testing/array-files';
import { putImage } from '../../volume/testing/multiscale-files';
import { sourceOf } from '../../volume/testing/values';
import type { FfnRequest } from '../protocol';
import { DELTAS, FfnTestEngine, FIELD } from './testing-ffn-engine';

const SHAPE: Zyx = [70, 75, 67];
/** A seed in a tube. */
export const START: Zyx = [35, 37, 33];
/** All of the image. */
export const whole = { originZyx: [0, 0, 0] as const, shapeZyx: SHAPE };
/** Grey values that the fake network takes for what `tubes` says. */
export const image = Uint8Array.from(tubes(SHAPE, 3), (value) => Math.round(128 + 33 * value));
const normalised = Float32Array.from(image, (value) => (value - 128) / 33);

/** A network that waits for `release` before each application but the first ones. */
class SlowNetwork implements Network {
  readonly fieldOfViewZyx = FIELD;
  readonly precision = 'f32';
  readonly adapter = 'a slow fake';
  calls = 0;
  isDisposed = false;
  private readonly fake: Network;
  private waiting: (() => void)[] = [];

  constructor(
    readonly maxBatch: number,
    /** Applications that need no `release`. */
    public free = Number.POSITIVE_INFINITY,
  ) {
    this.fake = fakeNetwork(FIELD, maxBatch);
  }

  async apply(image: Float32Array, seed: Float32Array): Promise<Float32Array> {
    if (++this.calls > this.free) await new Promise<void>((resolve) => this.waiting.push(resolve));
    return this.fake.apply(image, seed);
  }

  release(): void {
    this.free = Number.POSITIVE_INFINITY;
    for (const go of this.waiting.splice(0)) go();
  }

  dispose(): void {
    this.isDisposed = true;
  }
}

/** How many voxels an id has. */
export const count = (data: Uint32Array, id: number) => data.filter((label) => label === id).length;

/** What google/ffn's own order gives from the start, among the labels of a segmentation. */
export const reference = (segmentation = new Uint32Array(volumeOf(SHAPE))) =>
  referenceSegment({
    shapeZyx: SHAPE,
    startZyx: START,
    fieldOfViewZyx: FIELD,
    deltasZyx: DELTAS,
    thresholds: testThresholds,
    image: normalised,
    segmentation,
    maxSteps: Number.POSITIVE_INFINITY,
    apply: (field, seed) => fakeNetwork(FIELD).apply(field, seed),
  });

/** An engine with networks that wait, and an image of tubes. */
class TubesEngine extends FfnTestEngine {
  readonly networks: SlowNetwork[] = [];
  /** Applications that need no `release`, of networks that are made from now on. */
  free = Number.POSITIVE_INFINITY;
  /** The number of the job that was begun last. */
  jobs = 1;

  constructor() {
    super({
      createNetwork: async (_, maxBatch) => {
        const network = new SlowNetwork(maxBatch, this.free);
        this.networks.push(network);
        return network;
      },
    });
  }

  /** Opens the image at voxels of so many nanometres, twice as many a level. */
  async open(nm = 10, levels: readonly Uint8Array[] = [image]): Promise<void> {
    const made: Files = new Map();
    const specs = levels.map((values, level) => ({
      dtype: 'uint8' as const,
      shape: SHAPE.map((size) => (level === 0 && levels.length > 1 ? 2 * size : size)),
      chunks: [64, 64, 64],
      valueAt: (index: number) => values[index] ?? 0,
    }));
    await putImage(made, '', { ome: '0.5', levels: specs, scale: [nm, nm, nm] });
    await this.engine.open(sourceOf(made));
  }

  /** A segment from the start, with what is asked for beside. */
  requestOf(changes: Partial<FfnRequest> = {}): FfnRequest {
    return { algorithm: 'ffn', seedZyx: START, ...this.params({}), ...changes };
  }

  /** Grows a segment. */
  segment(changes: Partial<FfnRequest> = {}) {
    return this.engine.segment(++this.jobs, this.requestOf(changes));
  }

  /** Parameters with those of the tests. */
  params(more: object) {
    return { params: { model: this.model, minSegmentSize: 10, ...more } };
  }

  /** The labels of the image. */
  async labels() {
    return (await this.engine.readLabels(whole)).data;
  }
}

/** The engine of the test that runs: each has one of its own. */
export let under: TubesEngine;
beforeEach(async () => {
  under = new TubesEngine();
  await under.startWithModel();
});
afterEach(() => under.end());
