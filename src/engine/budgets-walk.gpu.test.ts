import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { create } from 'webgpu';
import { IDENTITY } from '../core/quaternion';
import { randomNumbers } from '../core/testing/random';
import { volumeOf, type Zyx } from '../core/vec';
import { TabDisk } from '../disk/tab-disk';
import { FakeBrowser } from '../disk/testing/fake-browser';
import { testGpu } from '../gpu/testing';
import { openVolume } from '../volume/open-volume';
import type { Files } from '../volume/testing/array-files';
import { computedVolume } from '../volume/testing/computed-volume';
import { LEAST_BUDGETS } from './budgets';
import { type EngineStatistics, volumeLayer } from './protocol';
import { gpuCanvas } from './testing-canvas';
import { displayOf, TestEngine, VIEWS } from './testing-engine';

const SHAPE: Zyx = [512, 640, 640];
const VIEWS_WALKED = 1000;
/** The disk's is smaller than what it would keep of the volume, and larger than what GPU and memory have of it; these are as small as may be. */
const BUDGETS = { ...LEAST_BUDGETS, diskBytes: 2 ** 27 };

let gpu: GPU;
let under: TestEngine | undefined;
beforeAll(async () => {
  await testGpu();
  gpu = create([]);
  vi.stubGlobal('navigator', { gpu: { getPreferredCanvasFormat: () => 'rgba8unorm' } });
});
afterEach(() => under?.end());

it('a thousand random views of a larger volume end within the budgets of GPU, memory and disk', async () => {
  const random = randomNumbers(11);
  const noise = new Uint8Array(64 ** 3).map(() => 256 * random());
  const volume = computedVolume(SHAPE, () => noise);
  const files = {
    get: async (key: string) => {
      const file = volume.get(key.replace(/^\//, ''));
      return file && new Uint8Array(await file.arrayBuffer());
    },
  } as unknown as Files;
  const disk = new TabDisk(new FakeBrowser().open());
  under = new TestEngine({
    gpu,
    disk,
    openVolume: (source, access, signal) => openVolume(source, { ...access, disk, signal }),
  });
  const { engine, events } = under;
  await under.start('webgpu', BUDGETS);
  const info = await engine.open(await under.serve(files));
  engine.setDisplay(displayOf({ ...volumeLayer(info), contrast: [0, 255] }));
  for (const view of VIEWS) await engine.attachView(view, gpuCanvas(40, 30));
  const small = { orientation: IDENTITY, widthPixels: 40, heightPixels: 30, nmPerPixel: 4 };
  for (let walked = 0; walked < VIEWS_WALKED; walked++) {
    const [z = 0, y = 0, x = 0] = SHAPE.map((size) => 30 + random() * (size - 60));
    for (const view of VIEWS) engine.setView(view, { ...small, centerZyx: [z, y, x] });
    await engine.settled();
  }
  const told = () =>
    events.flatMap((event): EngineStatistics[] =>
      event.type === 'statistics' ? [event.statistics] : [],
    );
  await expect.poll(() => told().at(-1)?.bricksInFlight).toBe(0);
  const most = (of: keyof EngineStatistics) => Math.max(...told().map((each) => Number(each[of])));
  // All three were full: what came made room.
  expect(volumeOf(SHAPE)).toBeGreaterThan(BUDGETS.memoryBytes);
  const last = told().at(-1);
  expect(last?.evictions).toBeGreaterThan(500);

  expect(last?.diskHits).toBeGreaterThan(0);
  expect(most('gpuBytes')).toBeGreaterThan(0.3 * BUDGETS.gpuBytes);
  expect(most('memoryBytes')).toBeGreaterThan(0.2 * BUDGETS.memoryBytes);
  expect(most('diskBytes')).toBeGreaterThan(0.7 * BUDGETS.diskBytes);
  for (const of of ['gpuBytes', 'memoryBytes', 'diskBytes'] as const)
    expect(most(of), of).toBeLessThanOrEqual(BUDGETS[of]);
  expect(events.filter(({ type }) => type === 'trouble')).toEqual([]);
}, 240_000);
