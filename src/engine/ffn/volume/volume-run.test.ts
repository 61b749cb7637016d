import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Box } from '../../../core/box';
import { MemoryDisk } from '../../../core/testing/memory-disk';
import { randomNumbers } from '../../../core/testing/random';
import { volumeOf, type Zyx } from '../../../core/vec';
import { writeBundle } from '../../../models/testing-bundle';
import { randomNetwork, tensorsOf } from '../../../models/testing-network';
import { fakeNetwork } from '../../../segment/ffn/testing';
import type { Files } from '../../../volume/testing/array-files';
import { putImage } from '../../../volume/testing/multiscale-files';
import { sourceOf } from '../../../volume/testing/values';
import { Engine } from '../../engine';
import type { Opened } from '../../opened';
import type { EngineEvent, FillProgress, SegmentInfo, VolumeRequest } from '../../protocol';
import { testSurroundings } from '../../testing-surroundings';

const SHAPE: Zyx = [21, 22, 76];
const FIELD: Zyx = [9, 9, 9];
const whole: Box = { originZyx: [0, 0, 0], shapeZyx: SHAPE };

/** Two bars along x, bright in the dark, with a little noise: what `fakeNetwork` follows. */
const BARS: readonly (readonly [z: number, y: number])[] = [
  [6, 6],
  [14, 15],
];
const next = randomNumbers(7);
const image = Uint8Array.from({ length: volumeOf(SHAPE) }, (_, i) => {
  const [z, y] = [Math.floor(i / (22 * 76)), Math.floor(i / 76) % 22];
  const isIn = BARS.some(([barZ, barY]) => Math.hypot(z - barZ, y - barY) <= 3.2);
  return Math.round((isIn ? 150 : 98) + 8 * next());
});

let engine: Engine;
let events: EngineEvent[];
let applications: number;
/** Which application fails; 0 for none. */
let failsAt: number;
/** What an application waits for, beside its work. */
let beforeApplication: () => Promise<unknown>;
let disk: MemoryDisk;
let model: string;
let jobs = 1;

/** An engine with the network; another one finds what the first has left on the disk. */
async function start(isFine = false, isCut = (_: string) => false): Promise<void> {
  events = [];
  applications = 0;
  engine = new Engine(
    testSurroundings({
      runFolder: async () => disk.folder,
      createNetwork: async (_, maxBatch) => {
        const network = fakeNetwork(FIELD, maxBatch);
        return {
          ...network,
          apply: async (field, seed) => {
            applications++;
            if (applications === failsAt) throw new Error('the network broke');
            await beforeApplication();
            return network.apply(field, seed);
          },
        };
      },
    }),
  );
  await engine.start((event) => events.push(event), 'cpu');
  const files = writeBundle('fake', tensorsOf(randomNetwork(1, 2, 1)));
  const info = await engine.importModel(1, files, {
    fieldOfViewZyx: FIELD,
    deltasZyx: [2, 2, 2],
    voxelSizeNm: [10, 10, 10],
    padProbability: 0.05,
    moveThreshold: 0.9,
    normalization: { mean: 128, deviation: 33 },
  });
  model = info.id;
  const made: Files = new Map();
  const coarse = { shape: SHAPE, chunks: [32, 32, 64], valueAt: (at: number) => image[at] ?? 0 };
  const [sizeZ, sizeY, sizeX] = SHAPE;
  const fine = {
    ...coarse,
    shape: [2 * sizeZ, 2 * sizeY, 2 * sizeX],
    valueAt: (at: number) => {
      const [x, row] = [at % (2 * sizeX), Math.floor(at / (2 * sizeX))];
      const [y, z] = [row % (2 * sizeY), Math.floor(row / (2 * sizeY))];
      return image[((z >> 1) * sizeY + (y >> 1)) * sizeX + (x >> 1)] ?? 0;
    },
  };
  const nm = isFine ? 5 : 10;
  const levels = isFine ? [fine, coarse] : [coarse];
  await putImage(made, '', {
    ome: '0.5',
    scale: [nm, nm, nm],
    levels: levels.map((level) => ({ ...level, dtype: 'uint8' })),
  });
  for (const [key, bytes] of made) if (isCut(key)) made.set(key, bytes.subarray(0, 9));
  await engine.open(sourceOf(made));
}

beforeEach(async () => {
  beforeApplication = async () => {};
  failsAt = 0;
  disk = new MemoryDisk();
  await start();
});
afterEach(() => engine.dispose());

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const run = (changes: Partial<VolumeRequest> = {}) =>
  engine.segmentVolume(++jobs, {
    algorithm: 'ffn',
    params: { model, minSegmentSize: 100 },
    ...changes,
  });
const labels = async () => (await engine.readLabels(whole)).data;
const segments = (): readonly SegmentInfo[] =>
  events.findLast((event) => event.type === 'segments')?.segments ?? [];
const progresses = (): FillProgress[] =>
  events.flatMap((event) => (event.type === 'progress' ? [event.progress] : []));
const idAt = (data: Uint32Array, z: number, y: number, x: number) =>
  data[(z * SHAPE[1] + y) * SHAPE[2] + x] ?? 0;
/** The ids along a bar's axis, where fields of view reach. */
const idsOf = (data: Uint32Array, [z, y]: readonly [number, number]) =>
  new Set(Array.from({ length: SHAPE[2] - 8 }, (_, x) => idAt(data, z, y, x + 4)));

/** Cancels once so many objects are there; the run's promise rejects then. */
async function cancelAfter(objects: number, changes: Partial<VolumeRequest>): Promise<void> {
  beforeApplication = () => wait(0);
  const running = run(changes);
  const watch = setInterval(() => {
    if (segments().length >= objects) engine.cancel(jobs);
  }, 0);
  await expect(running).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  clearInterval(watch);
  beforeApplication = async () => {};
}

describe('a volume that a network segments', { timeout: 60_000 }, () => {
  it('has each bar as one segment, seeds found by itself, and tells how far it is', async () => {
    const result = await run();
    const data = await labels();
    const [one, other] = BARS.map((bar) => [...idsOf(data, bar)]);
    expect([one?.length, other?.length]).toEqual([1, 1]);
    expect(one).not.toEqual(other);
    expect(result).toMatchObject({ subvolumes: 1, joined: 0, resumed: 0, unreadBricks: 0 });
    expect(result.ids).toEqual(segments().map(({ id }) => id));
    expect(result.voxels).toBe(data.filter((id) => id !== 0).length);
    expect(result.seeds).toBeGreaterThan(result.ids.length);
    for (const segment of segments()) {
      expect(segment).toMatchObject({ algorithm: 'ffn', backend: 'cpu', level: 0 });
      expect(idAt(data, ...segment.seedZyx)).toBe(segment.id);
    }
    const shares = progresses().map(({ volume }) => volume?.share ?? -1);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    const steps = progresses().map((progress) => progress.steps ?? -1);
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    expect(steps.at(-1)).toBe(result.steps);
  });

  it('tells of applications while its first object grows', async () => {
    beforeApplication = () => wait(80);
    const running = run();
    await vi.waitFor(
      () =>
        expect(progresses()).toContainEqual(
          expect.objectContaining({
            steps: expect.toSatisfy((steps: number) => steps > 1),
            volume: expect.objectContaining({ phase: 'objects', objects: 0 }),
          }),
        ),
      { timeout: 30_000 },
    );
    engine.cancel(jobs);
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    beforeApplication = async () => {};
  });

  it('is the same in subvolumes: what they share is reconciled', async () => {
    await run();
    const alone = await labels();
    engine.dispose();
    await start();
    const result = await run({ subvolumeEdge: 42, overlap: 22, restart: true });
    expect(result.subvolumes).toBe(3);
    expect(result.joined).toBeGreaterThan(0);
    const data = await labels();
    for (const bar of BARS) {
      const [id = 0, ...more] = idsOf(data, bar);
      expect(id).toBeGreaterThan(0);
      expect(more).toEqual([]);
    }
    // What was joined is of several seeds: it can be grown anew of all.
    const seeds = segments().map((info) =>
      info.algorithm === 'ffn' ? (info.params.seedsZyx?.length ?? 0) : 0,
    );
    expect(Math.max(...seeds)).toBeGreaterThan(0);
    expect(seeds.reduce((sum, own) => sum + own, 0)).toBe(result.joined);
    // Only where fields of view end may voxels differ.
    const differ = alone.filter((id, i) => (id === 0) !== (data[i] === 0)).length;
    expect(differ).toBeLessThan(0.02 * result.voxels);
  });

  it('is seen at the level that fits the network, in subvolumes of that, and segmented at the finest', async () => {
    const changes = { subvolumeEdge: 42, overlap: 22 };
    await run(changes);
    const coarse = await labels();
    engine.dispose();
    await start(true);
    const { voxels } = await run({ ...changes, restart: true });
    const [sizeZ, sizeY, sizeX] = SHAPE;
    const box: Box = { originZyx: [0, 0, 0], shapeZyx: [2 * sizeZ, 2 * sizeY, 2 * sizeX] };
    const { data: fine } = await engine.readLabels(box);
    expect(voxels).toBe(8 * coarse.filter((id) => id !== 0).length);
    const differ = fine.filter((id, at) => {
      const [x, row] = [at % (2 * sizeX), Math.floor(at / (2 * sizeX))];
      const [y, z] = [row % (2 * sizeY), Math.floor(row / (2 * sizeY))];
      return id !== coarse[((z >> 1) * sizeY + (y >> 1)) * sizeX + (x >> 1)];
    });
    expect(differ.length).toBe(0);
    expect(segments().every(({ level }) => level === 1)).toBe(true);
  });

  it('goes on in another tab where it was broken off, with no work done twice', async () => {
    const changes = { subvolumeEdge: 42, overlap: 22 };
    const uninterrupted = await run(changes);
    const expected = await labels();
    const allApplications = applications;
    engine.dispose();
    await start();
    await cancelAfter(2, changes);
    const before = applications;
    expect(before).toBeLessThan(allApplications);
    engine.dispose();
    await start();
    const result = await run(changes);
    expect(result.resumed).toBeGreaterThan(0);
    expect(await labels()).toEqual(expected);
    expect(result).toMatchObject({ joined: uninterrupted.joined, ids: uninterrupted.ids });
    // What was cancelled in the middle of an object is done once more.
    expect(applications).toBeLessThan(allApplications);
  });

  it('is forgotten once it is done', async () => {
    await run();
    engine.dispose();
    await start();
    expect((await run()).resumed).toBe(0);
  });

  it('goes on in the same tab too, and makes no segment twice', async () => {
    await cancelAfter(1, {});
    const kept = segments().map(({ id }) => id);
    expect(kept.length).toBeGreaterThan(0);
    // What is refused takes nothing of it away.
    await expect(run({ params: { model, precision: 'f16' } })).rejects.toMatchObject({
      code: 'PRECISION_UNAVAILABLE',
    });
    const result = await run();
    expect(result.resumed).toBe(kept.length);
    expect(result.ids).toEqual(expect.arrayContaining(kept));
    const data = await labels();
    for (const bar of BARS) expect(idsOf(data, bar).size).toBe(1);
  });

  it('is taken back and done again in one step, joined segments too', async () => {
    const changes = { subvolumeEdge: 42, overlap: 22 };
    const fill = await engine.segment(++jobs, {
      algorithm: 'flood-fill',
      seedZyx: [6, 6, 40],
      params: { low: 130, high: 255, connectivity: 6 },
      box: { originZyx: [0, 0, 38], shapeZyx: [21, 22, 4] },
    });
    const before = await labels();
    const { ids, joined } = await run(changes);
    expect(ids.length).toBeGreaterThan(1);
    expect(joined).toBeGreaterThan(0);
    const after = await labels();
    expect(await engine.undo()).toBe(true);
    expect(segments().map(({ id }) => id)).toEqual([fill.id]);
    expect(await labels()).toEqual(before);
    expect(await engine.redo()).toBe(true);
    expect(segments().map(({ id }) => id)).toEqual([fill.id, ...ids]);
    expect(await labels()).toEqual(after);
    await engine.undo();
    await engine.undo();
    expect(segments()).toEqual([]);
  });

  it('is taken back as far as it came since it began or went on, and since the user’s own last change', async () => {
    await cancelAfter(1, {});
    const kept = segments().map(({ id }) => id);
    await run();
    await engine.undo();
    expect(segments().map(({ id }) => id)).toEqual(kept);
    await engine.undo();
    expect(segments()).toEqual([]);

    // What the user does meanwhile is a step of its own, and so is what comes after it.
    beforeApplication = () => wait(0);
    const running = run({ subvolumeEdge: 42, overlap: 22, restart: true });
    while (segments().length === 0) await wait(0);
    const removed = segments()[0]?.id ?? 0;
    await engine.remove(removed);
    const { ids } = await running;
    expect(ids.length).toBeGreaterThan(0);
    await engine.undo();
    expect(segments().some(({ id }) => ids.includes(id))).toBe(false);
    await engine.undo();
    expect(segments().map(({ id }) => id)).toContain(removed);
    await engine.undo();
    expect(segments()).toEqual([]);
  });

  it('goes on without seeds where the image cannot be read, and counts that', async () => {
    const all = await run();
    engine.dispose();
    await start(false, (key) => key.endsWith('0/0/1'));
    const result = await run({ restart: true });
    expect(result.unreadBricks).toBe(1);
    expect(result.ids.length).toBeGreaterThan(0);
    expect(result.voxels).toBeLessThan(all.voxels);
    for (const { seedZyx } of segments()) expect(seedZyx[2]).toBeLessThan(64);
    expect(segments().some(({ complete }) => !complete)).toBe(true);

    engine.dispose();
    await start(false, (key) => /\/0\/0\/[01]$/.test(key));
    await expect(run({ restart: true })).rejects.toMatchObject({ code: 'CHUNK_FAILED' });
  });

  it('goes on after a failure in the middle of an object', async () => {
    const whole = await run({ restart: true });
    const expected = await labels();
    engine.dispose();
    await start();
    failsAt = Math.floor(whole.steps / 3);
    await expect(run()).rejects.toThrow('the network broke');
    failsAt = 0;
    expect(await run()).toMatchObject({ ids: whole.ids, voxels: whole.voxels });
    expect(await labels()).toEqual(expected);
  });

  it('goes on whatever other runs were begun or broken off meanwhile', async () => {
    const others = [{ box: { originZyx: [0, 0, 20], shapeZyx: [21, 22, 40] } }, { overlap: 20 }];
    await cancelAfter(1, {});
    const kept = segments().length;
    for (const other of others) {
      engine.dispose();
      await start();
      await cancelAfter(1, other as Partial<VolumeRequest>);
    }
    engine.dispose();
    await start();
    expect((await run()).resumed).toBe(kept);
    // One that is done is forgotten, the others are not.
    expect(disk.list().filter(({ bytes }) => bytes > 0).length).toBe(2);
    engine.dispose();
    await start();
    expect((await run({ overlap: 20 })).resumed).toBeGreaterThan(0);
  });

  it('begins anew where the request is another, and where it is told to', async () => {
    await cancelAfter(1, {});
    engine.dispose();
    await start();
    expect((await run({ params: { model, minSegmentSize: 99 } })).resumed).toBe(0);
    engine.dispose();
    await start();
    await cancelAfter(1, {});
    engine.dispose();
    await start();
    expect((await run({ restart: true })).resumed).toBe(0);
  });

  it('leaves segments that are there as they are, and keeps to its box', async () => {
    const [[z, y] = [0, 0]] = BARS;
    const { id, voxels } = await engine.segment(++jobs, {
      algorithm: 'flood-fill',
      seedZyx: [z, y, 40],
      params: { low: 130, high: 255, connectivity: 6 },
    });
    const result = await run({ box: { originZyx: [0, 0, 20], shapeZyx: [21, 22, 40] } });
    expect(segments().find((segment) => segment.id === id)?.voxels).toBe(voxels);
    expect(result.ids).not.toContain(id);
    for (const { id: own, box } of segments())
      if (own !== id) {
        expect(box.originZyx[2]).toBeGreaterThanOrEqual(20);
        expect(box.originZyx[2] + box.shapeZyx[2]).toBeLessThanOrEqual(60);
      }
  });

  it('shows objects while they grow, and no more of them when it is cancelled', async () => {
    beforeApplication = () => wait(20);
    const running = run();
    const opened: Opened = Reflect.get(engine, 'opened');
    const { segmentation } = opened.require();
    /** Ids that are drawn and not yet listed. */
    const growing = () => {
      const listed = segments().map(({ id }) => id);
      const drawn = [0, 1].flatMap((x) => [...new Set(segmentation.brick([0, 0, x]))]);
      return drawn.filter((id) => id !== 0 && !listed.includes(id));
    };
    while (growing().length === 0) await wait(5);
    engine.cancel(jobs);
    await expect(running).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(growing()).toEqual([]);
  });

  it('goes on where the user removes what it has made', async () => {
    const running = run({ subvolumeEdge: 42, overlap: 22 });
    let removed = 0;
    while (removed === 0) {
      await wait(0);
      removed = segments()[0]?.id ?? 0;
    }
    await engine.remove(removed);
    expect((await running).ids).toEqual(segments().map(({ id }) => id));
    expect(segments().map(({ id }) => id)).not.toContain(removed);
  });

  it('can be held', async () => {
    beforeApplication = () => wait(0);
    const running = run();
    while (!(await engine.setPaused(jobs, true))) await wait(0);
    let held = -1;
    // The step under way ends first.
    while (held !== applications) {
      held = applications;
      await wait(30);
    }
    await wait(60);
    expect(applications).toBe(held);
    await engine.setPaused(jobs, false);
    expect((await running).ids.length).toBeGreaterThan(0);
  });

  it('goes on without a file that another tab has, and says so', async () => {
    await cancelAfter(1, {});
    const [{ name } = { name: '' }] = disk.list();
    const taken = disk.open(name);
    expect((await run()).ids.length).toBeGreaterThan(0);
    const troubles = events.flatMap((event) =>
      event.type === 'trouble' ? [event.error.code] : [],
    );
    expect(troubles).toEqual(['SAVE_FAILED']);
    taken.close();
  });

  it('refuses what makes no sense', async () => {
    const codeOf = (changes: object) =>
      run(changes).then(
        () => undefined,
        (error) => error.code,
      );
    expect(await codeOf({ params: { model: 'none' } })).toBe('UNKNOWN_MODEL');
    for (const bad of [
      { algorithm: 'flood-fill' },
      { params: { model, seedsZyx: [[1, 2, 3]] } },
      { subvolumeEdge: 64, overlap: 64 },
      { box: { originZyx: [0, 0, 1], shapeZyx: SHAPE } },
      { subvolumeEdge: 1e9 },
      { unknown: true },
    ])
      expect(await codeOf(bad), JSON.stringify(bad)).toBe('BAD_PARAMETERS');
  });
});
