import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { volumeOf, type Zyx } from '../../core/vec';
import { writeBundle } from '../../models/testing-bundle';
import { randomNetwork, tensorsOf } from '../../models/testing-network';
import { ffnParams, thresholdsOf } from '../../segment/ffn/params';
import { referenceSegment } from '../../segment/ffn/reference';
import { fakeNetwork, tubes } from '../../segment/ffn/testing';
import type { Network } from '../../segment/network/network';
import type { Files } from '../../volume/testing/array-files';
import { putImage } from '../../volume/testing/multiscale-files';
import { sourceOf } from '../../volume/testing/values';
import { Engine } from '../engine';
import type { EngineEvent, FfnRequest, FillProgress, SegmentInfo } from '../protocol';
import { testSurroundings } from '../testing-surroundings';

const SHAPE: Zyx = [70, 75, 67];
const START: Zyx = [35, 37, 33];
const FIELD: Zyx = [9, 9, 9];
const DELTAS: Zyx = [2, 2, 2];
const whole = { originZyx: [0, 0, 0] as const, shapeZyx: SHAPE };

/** A network that waits for `step` before each application but the first ones. */
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
    /** Applications that need no `step`. */
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

let engine: Engine;
let events: EngineEvent[];
let networks: SlowNetwork[];
let free: number;
let model: string;
/** Grey values that the fake network takes for what `tubes` says. */
const image = Uint8Array.from(tubes(SHAPE, 3), (value) => Math.round(128 + 33 * value));
const normalised = Float32Array.from(image, (value) => (value - 128) / 33);

beforeEach(async () => {
  events = [];
  networks = [];
  free = Number.POSITIVE_INFINITY;
  engine = new Engine(
    testSurroundings({
      createNetwork: async (_, maxBatch) => {
        const network = new SlowNetwork(maxBatch, free);
        networks.push(network);
        return network;
      },
    }),
  );
  await engine.start((event) => events.push(event), 'cpu');
  const files = writeBundle('fake', tensorsOf(randomNetwork(1, 2, 1)));
  const details = { fieldOfViewZyx: FIELD, deltasZyx: DELTAS, voxelSizeNm: [10, 10, 10] as const };
  const info = await engine.importModel(1, files, {
    ...details,
    padProbability: 0.05,
    moveThreshold: 0.9,
    normalization: { mean: 128, deviation: 33 },
  });
  model = info.id;
});
afterEach(() => engine.dispose());

/** Opens the image at voxels of so many nanometres, twice as many a level. */
async function open(nm = 10, levels: readonly Uint8Array[] = [image]): Promise<void> {
  const made: Files = new Map();
  const specs = levels.map((values, level) => ({
    dtype: 'uint8' as const,
    shape: SHAPE.map((size) => (level === 0 && levels.length > 1 ? 2 * size : size)),
    chunks: [64, 64, 64],
    valueAt: (index: number) => values[index] ?? 0,
  }));
  await putImage(made, '', { ome: '0.5', levels: specs, scale: [nm, nm, nm] });
  await engine.open(sourceOf(made));
}

const requestOf = (changes: Partial<FfnRequest> = {}): FfnRequest => ({
  algorithm: 'ffn',
  seedZyx: START,
  params: { model, minSegmentSize: 10 },
  ...changes,
});
let jobs = 1;
const segment = (changes: Partial<FfnRequest> = {}) => engine.segment(++jobs, requestOf(changes));
const params = (more: object) => ({ params: { model, minSegmentSize: 10, ...more } });
const progresses = (): FillProgress[] =>
  events.flatMap((event) => (event.type === 'progress' ? [event.progress] : []));
const segments = (): readonly SegmentInfo[] =>
  events.findLast((event) => event.type === 'segments')?.segments ?? [];
const labels = async () => (await engine.readLabels(whole)).data;
const count = (data: Uint32Array, id: number) => data.filter((label) => label === id).length;

const thresholds = thresholdsOf(ffnParams.parse({ model: 'fake' }), {
  padProbability: 0.05,
  moveThreshold: 0.9,
});
const reference = (segmentation = new Uint32Array(volumeOf(SHAPE))) =>
  referenceSegment({
    shapeZyx: SHAPE,
    startZyx: START,
    fieldOfViewZyx: FIELD,
    deltasZyx: DELTAS,
    thresholds,
    image: normalised,
    segmentation,
    maxSteps: Number.POSITIVE_INFINITY,
    apply: (field, seed) => fakeNetwork(FIELD).apply(field, seed),
  });

describe('a segment that a network grows', () => {
  it('has the voxels of google/ffn’s own order, is told of while it grows, and can be undone', async () => {
    await open();
    const plain = await reference();
    const result = await segment();
    const data = await labels();
    expect(data.findIndex((id, index) => (id === result.id) !== (plain.mask[index] === 1))).toBe(
      -1,
    );
    expect(result).toMatchObject({
      voxels: plain.mask.reduce((sum, mine) => sum + mine, 0),
      steps: plain.visited.length,
      level: 0,
      complete: true,
      unreadBricks: 0,
      backend: 'cpu',
      adapter: 'a slow fake',
    });
    const told = progresses();
    expect(told.length).toBeGreaterThan(0);
    expect(told[0]?.steps).toBeGreaterThan(0);
    expect(told[0]?.queued).toBeGreaterThan(0);
    expect(segments()).toMatchObject([
      { algorithm: 'ffn', params: { model, initActivation: 0.95 } },
    ]);
    expect(await engine.undo()).toBe(true);
    expect(count(await labels(), result.id)).toBe(0);
    expect(await engine.redo()).toBe(true);
    expect(count(await labels(), result.id)).toBe(result.voxels);
  });

  it('is of the image as it is stored, whatever filter that is seen through', async () => {
    await open();
    const first = await segment();
    const data = await labels();
    await engine.undo();
    await engine.setImageFilter({ kind: 'gaussian', sigmaNm: 40 });
    expect((await engine.readImage(whole, 0)).data).not.toEqual(image);
    const { id, voxels } = await segment();
    expect({ id: id - 1, voxels }).toEqual({ id: first.id, voxels: first.voxels });
    expect((await labels()).map((label) => label && label - 1)).toEqual(data);
  });

  it('leaves older segments what they own', async () => {
    await open();
    const box = { originZyx: [0, 0, 0], shapeZyx: [70, 75, 30] } as const;
    const fill = await engine.segment(++jobs, {
      algorithm: 'flood-fill',
      seedZyx: [1, 1, 1],
      params: { low: 0, high: 255 },
      box,
    });
    const plain = await reference(await labels());
    const result = await segment();
    const data = await labels();
    expect(count(data, fill.id)).toBe(fill.voxels);
    expect(data.findIndex((id, index) => (id === result.id) !== (plain.mask[index] === 1))).toBe(
      -1,
    );
  });

  it('is held, goes on, and leaves nothing when it is cancelled', async () => {
    free = 5;
    await open();
    const job = jobs + 1;
    const result = segment();
    await expect.poll(() => networks[0]?.calls).toBe(6);
    expect(await engine.setPaused(job, true)).toBe(true);
    networks[0]?.release();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(networks[0]?.calls).toBe(6);
    await engine.setPaused(job, false);
    expect((await result).steps).toBeGreaterThan(6);

    await engine.undo();
    const network = networks[0];
    if (network) network.free = network.calls + 5;
    const cancelled = segment();
    await expect.poll(() => network?.calls === (network?.free ?? 0) + 1).toBe(true);
    engine.cancel(jobs);
    network?.release();
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
    expect((await labels()).every((id) => id === 0)).toBe(true);
    // The next one has the same network.
    await segment();
    expect(networks).toHaveLength(1);
  });

  it('ends after so many steps, in a box, and is larger in larger batches by little', async () => {
    await open();
    const short = await segment(params({ maxSteps: 5 }));
    expect(short).toMatchObject({ steps: 5, complete: false });
    await engine.undo();
    const box = { originZyx: [20, 20, 20], shapeZyx: [30, 33, 26] } as const;
    const boxed = await segment({ box });
    const { originZyx, shapeZyx } = boxed.box;
    for (const axis of [0, 1, 2] as const) {
      expect(originZyx[axis]).toBeGreaterThanOrEqual(box.originZyx[axis]);
      expect(originZyx[axis] + shapeZyx[axis]).toBeLessThanOrEqual(
        box.originZyx[axis] + box.shapeZyx[axis],
      );
    }
    await engine.undo();
    const alone = await segment();
    await engine.undo();
    const calls = networks.reduce((sum, network) => sum + network.calls, 0);
    const together = await segment(params({ batch: 4 }));
    const batches = networks.reduce((sum, network) => sum + network.calls, 0) - calls;
    expect(batches).toBeLessThan(alone.steps ?? 0);
    expect(Math.abs(together.voxels / alone.voxels - 1)).toBeLessThan(0.05);
    expect(networks.map(({ maxBatch, isDisposed }) => [maxBatch, isDisposed])).toEqual([
      [1, true],
      [4, false],
    ]);
  });

  it('fits the level whose voxels are as large as the model’s', async () => {
    const doubled = new Uint8Array(8 * image.length).fill(200);
    await open(5, [doubled, image]);
    const plain = await reference();
    const result = await segment({ seedZyx: [71, 74, 66] });
    expect(result.level).toBe(1);
    expect(result.voxels).toBe(8 * plain.mask.reduce((sum, mine) => sum + mine, 0));
    const shapeZyx: Zyx = [140, 150, 134];
    const { data } = await engine.readLabels({ originZyx: [0, 0, 0], shapeZyx });
    const wrong = data.findIndex((id, index) => {
      const row = Math.floor(index / 134);
      const [z, y, x] = [Math.floor(row / 150) >> 1, (row % 150) >> 1, (index % 134) >> 1];
      return (id === result.id) !== (plain.mask[(z * 75 + y) * 67 + x] === 1);
    });
    expect(wrong).toBe(-1);
  });

  it('can have its values normalised by the volume’s own mean and deviation', async () => {
    await open();
    const own = await segment(params({ normalization: 'volume', maxSteps: 8 }));
    await engine.undo();
    // Against the volume's own mean, what is dark is hardly darker than nothing.
    expect(own.voxels).toBeGreaterThan((await segment(params({ maxSteps: 8 }))).voxels);
  });
});

describe('what makes no segment', () => {
  it.each([
    ['a seed at the edge', { seedZyx: [3, 37, 33] as const }, 'SEED_AT_EDGE'],
    ['a seed outside', { seedZyx: [3, 37, 99] as const }, 'OUTSIDE_VOLUME'],
    [
      'a box smaller than the network sees',
      { box: { originZyx: [33, 33, 30], shapeZyx: [8, 8, 8] } as const },
      'SEED_AT_EDGE',
    ],
    ['a seed in the dark', { seedZyx: [8, 8, 8] as const }, 'SEGMENT_DISCARDED'],
    ['too few voxels', { params: { minSegmentSize: 1e6 } }, 'SEGMENT_DISCARDED'],
    ['an unknown model', { params: { model: '0123456789abcdef' } }, 'UNKNOWN_MODEL'],
    ['a probability of 1', { params: { moveThreshold: 1 } }, 'BAD_PARAMETERS'],
    ['half precision on the processor', { params: { precision: 'f16' } }, 'PRECISION_UNAVAILABLE'],
    ['a precision that there is not', { params: { precision: 'f64' } }, 'BAD_PARAMETERS'],
    ['an unknown option', { params: { patience: 1 } }, 'BAD_PARAMETERS'],
    ['a segment that is not there', { regrow: 7 }, 'UNKNOWN_SEGMENT'],
    ['a further seed at the edge', { params: { seedsZyx: [[1, 1, 1]] } }, 'SEED_AT_EDGE'],
  ])('%s is told of by its code, and leaves nothing', async (_, changes, code) => {
    await open();
    const { params: own = {} } = changes as { params?: object };
    const request = { ...requestOf(), ...changes, params: { model, ...own } };
    await expect(engine.segment(++jobs, request as FfnRequest)).rejects.toMatchObject({ code });
    expect((await labels()).every((id) => id === 0)).toBe(true);
    expect((await segment()).voxels).toBeGreaterThan(100);
  });

  it('is a seed in or beside a finished segment', async () => {
    await open();
    const { id } = await segment();
    await expect(segment()).rejects.toMatchObject({ code: 'SEED_TAKEN', fields: { id } });
  });

  it('is what a broken network gives', async () => {
    await open();
    free = 0;
    const broken = segment();
    await expect.poll(() => networks[0]?.calls).toBe(1);
    const network = networks[0];
    if (!network) throw new Error('no network');
    network.apply = async (field) => field.map(() => Number.NaN);
    network.release();
    await expect(broken).rejects.toMatchObject({ code: 'INTERNAL' });
    expect((await labels()).every((label) => label === 0)).toBe(true);
  });
});

describe('several objects at once', () => {
  it('grow a segment each, and what several reach is the first one’s', async () => {
    await open();
    const alone = await segment();
    await engine.undo();
    const others: Zyx[] = [
      [35, 37, 35],
      [8, 8, 8],
    ];
    const calls = networks.reduce((sum, network) => sum + network.calls, 0);
    const result = await segment({ moreSeedsZyx: others });
    // The second is in the first one's tube, the third in the dark.
    expect(result).toMatchObject({ voxels: alone.voxels, more: [], discarded: 2 });
    expect(segments()).toHaveLength(1);
    expect(networks.at(-1)?.maxBatch).toBe(3);
    expect(networks.reduce((sum, network) => sum + network.calls, 0) - calls).toBeLessThan(
      2 * (alone.steps ?? 0),
    );
  });
});

describe('steering', () => {
  const blocked = { block: { zyx: [35, 37, 33] as const, radius: 3 } };

  it('a segment that grows: blocks and seeds are heeded between two steps, and kept with it', async () => {
    free = 3;
    await open();
    const result = segment();
    const job = jobs;
    await expect.poll(() => networks[0]?.calls).toBe(4);
    expect(await engine.steer(job + 1, { seedZyx: START })).toBe(false);
    await expect(engine.steer(job, { seedZyx: [1, 1, 1] })).rejects.toMatchObject({
      code: 'SEED_AT_EDGE',
    });
    await expect(engine.steer(job, { seedZyx: [1, 1, 999] })).rejects.toMatchObject({
      code: 'OUTSIDE_VOLUME',
    });
    await expect(engine.steer(job, {} as { seedZyx: Zyx })).rejects.toMatchObject({
      code: 'BAD_PARAMETERS',
    });
    const far: Zyx = [60, 60, 60];
    expect(await engine.steer(job, { seedZyx: far })).toBe(true);
    expect(await engine.steer(job, { block: { zyx: [20, 20, 20], radius: 2 } })).toBe(true);
    networks[0]?.release();
    await result;
    expect(segments()).toMatchObject([
      { params: { seedsZyx: [far], blocks: [{ zyx: [20, 20, 20], radius: 2 }] } },
    ]);
    expect(await engine.steer(job, blocked)).toBe(false);
  });

  it('a finished segment: it goes on from where it was, or grows anew, under its id', async () => {
    await open();
    const first = await segment(params({ maxSteps: 6 }));
    const [info] = segments();
    if (info?.algorithm !== 'ffn') throw new Error('no segment of a network');
    const { maxSteps: _, ...others } = info.params;
    const callsBefore = networks[0]?.calls ?? 0;
    const second = await segment({ regrow: first.id, params: others });
    const alone = await reference();
    expect(second).toMatchObject({ id: first.id, steps: alone.visited.length });
    expect((networks[0]?.calls ?? 0) - callsBefore).toBe(alone.visited.length - 6);
    expect(segments()).toHaveLength(1);
    expect(count(await labels(), first.id)).toBe(second.voxels);
    await engine.undo();
    expect(count(await labels(), first.id)).toBe(first.voxels);
    await engine.redo();

    // A block changes what was grown already: it grows anew.
    const blocks = [{ zyx: [35, 37, 36] as const, radius: 2.5 }];
    const before = networks[0]?.calls ?? 0;
    const third = await segment({ regrow: first.id, params: { ...others, blocks } });
    expect(third.id).toBe(first.id);
    expect(third.steps).toBe((networks[0]?.calls ?? 0) - before);
    const data = await labels();
    expect(data[(35 * 75 + 37) * 67 + 36]).toBe(0);
    expect(count(data, first.id)).toBe(third.voxels);
  });

  it('a finished segment: it goes on though others were grown since, and anew where it was changed', async () => {
    await open();
    const first = await segment(params({ maxSteps: 6 }));
    const [info] = segments();
    if (info?.algorithm !== 'ffn') throw new Error('no segment of a network');
    const { maxSteps: _, ...others } = info.params;
    // Farther on in the tube.
    const many = { seedZyx: [22, 31, 21], moreSeedsZyx: [[14, 25, 12]] } as const;
    const more = await segment({ ...many, ...params({ maxSteps: 2, minSegmentSize: 0 }) });
    expect(more.more).toHaveLength(1);
    const calls = () => networks.reduce((sum, network) => sum + network.calls, 0);
    let before = calls();
    const second = await segment({ regrow: first.id, params: { ...others, maxSteps: 3 } });
    expect([second.steps, calls() - before]).toEqual([9, 3]);
    // Those of one request each.
    for (const { id, steps = 0 } of [more, ...(more.more ?? [])]) {
      const grown = segments().find((segment) => segment.id === id);
      if (grown?.algorithm !== 'ffn') throw new Error('no segment of a network');
      before = calls();
      const longer = await segment({
        ...{ seedZyx: grown.seedZyx, regrow: id },
        params: { ...grown.params, maxSteps: 1 },
      });
      expect([longer.steps, calls() - before]).toEqual([steps + 1, 1]);
    }
    // As it was before it went on: that canvas is no more.
    await engine.undo();
    await engine.undo();
    await engine.undo();
    before = calls();
    const third = await segment({ regrow: first.id, params: { ...others, maxSteps: 8 } });
    expect([third.steps, calls() - before]).toEqual([8, 8]);
  });

  it('a finished segment: when that is cancelled or fails, it is as it was', async () => {
    await open();
    const first = await segment();
    await expect(
      segment({ regrow: first.id, ...params({ minSegmentSize: 1e6, blocks: [blocked.block] }) }),
    ).rejects.toMatchObject({ code: 'SEGMENT_DISCARDED' });
    expect(count(await labels(), first.id)).toBe(first.voxels);
    expect(segments()).toHaveLength(1);
  });
});
