import type { Page } from '@playwright/test';
import { writeBundle } from '../src/models/testing-bundle';
import { randomNetwork, tensorsOf } from '../src/models/testing-network';
import { atSeed, click, importModel, SEED, segments } from './fixtures/ffn';
import { expect, test } from './fixtures/floodlight';
import { canvas, expectOtherPicture, idle, still } from './fixtures/workspace';

const GOOGLE_ID = 1;
/** Steps of the published network on processors that have other things to do. */
const STEPS = { timeout: 120_000 };

const card = (page: Page) => page.getByRole('region', { name: 'What runs' });

/** What a figure of the run card says. */
const figure = async (page: Page, name: string): Promise<number> => {
  const text = await card(page)
    .locator('dl > div')
    .filter({ has: page.locator('dt', { hasText: new RegExp(`^${name}$`) }) })
    .locator('dd')
    .textContent();
  return Number((text ?? '').replace(/[^\d.]/g, ''));
};

/** What the browser keeps of tilings that were timed; spoilt then, if that is wanted. */
const keptTilings = (page: Page, isSpoilt = false) =>
  page.evaluate(async (isSpoilt) => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await done(indexedDB.open('floodlight-kept'));
    const store = database.transaction('values', 'readwrite').objectStore('values');
    const entries: unknown[] = await done(store.getAll());
    const keys = await done(store.getAllKeys());
    if (isSpoilt) for (const key of keys) await done(store.put({ of: key, tiling: [7] }, key));
    database.close();
    return entries;
  }, isSpoilt);

test('a click grows an object of real EM by the published network: seen growing, held, cancelled, finished as google/ffn has it, steered, undone', async ({
  openPage,
}) => {
  test.setTimeout(600_000);
  const page = await atSeed(openPage, 'cpu');
  const section = page.getByRole('region', { name: 'Flood-filling network' });
  await expect(section).toContainText('There is no model yet');
  await click(page);
  await expect(page.getByText(/has to be imported before it can grow/)).toBeVisible();
  expect(await segments(page)).toEqual([]);

  await importModel(page);
  await expect(section.getByRole('combobox', { name: 'Model' })).toContainText('FIB-25');
  for (const [name, value] of [
    ['init_activation', '0.95'],
    ['pad_value', '0.05'],
    ['move_threshold', '0.9'],
    ['segment_threshold', '0.6'],
    ['min_segment_size', '1000'],
    ['min_boundary_dist', '1'],
  ])
    await expect(section.getByLabel(name ?? '')).toHaveValue(value ?? '');

  const before = await still(canvas(page, 'xy'));
  await click(page);
  await expect(card(page)).toContainText('Growing');
  await expect.poll(() => figure(page, 'steps'), STEPS).toBeGreaterThan(1);
  const [steps, voxels] = [await figure(page, 'steps'), await figure(page, 'voxels')];
  expect(voxels).toBeGreaterThan(0);
  expect(await figure(page, 'queue')).toBeGreaterThan(0);
  await expectOtherPicture(canvas(page, 'xy'), before);
  await expect.poll(() => figure(page, 'steps'), STEPS).toBeGreaterThan(steps);
  // How long some steps take on this machine, now.
  const begun = performance.now();
  const more = (await figure(page, 'steps')) + 1;
  await expect.poll(() => figure(page, 'steps'), STEPS).toBeGreaterThan(more);
  const someSteps = 2500 + 2 * (performance.now() - begun);
  await page.keyboard.press('p');
  await expect(card(page)).toContainText('Paused');
  // What was under way comes to its end.
  let held = 0;
  const hasStayed = async () => {
    held = await figure(page, 'steps');
    await page.waitForTimeout(someSteps);
    return held === (await figure(page, 'steps'));
  };
  await expect.poll(hasStayed, { timeout: 120_000 }).toBe(true);
  await page.waitForTimeout(someSteps);
  expect(await figure(page, 'steps')).toBe(held);
  await page.keyboard.press('p');
  await expect.poll(() => figure(page, 'steps'), STEPS).toBeGreaterThan(held);
  await page.keyboard.press('Escape');
  await expect(card(page)).toContainText('Nothing filled yet', STEPS);
  expect(await segments(page)).toEqual([]);
  expect(await page.evaluate((seed) => window.floodlight.labelAt(seed), SEED)).toBe(0);

  const maxSteps = section.getByLabel('max steps');
  await maxSteps.fill('10');
  await maxSteps.press('Enter');
  await maxSteps.blur();
  await click(page);
  await expect.poll(async () => (await segments(page)).length, STEPS).toBe(1);
  await idle(page);
  await expect(card(page)).toContainText('Grown up to the limit');
  const [grown] = await segments(page);
  expect(grown).toMatchObject({ algorithm: 'ffn', steps: 10, level: 0, complete: false });
  expect(grown?.adapter).toContain('processor');
  // The first field of view was visited, and so were most of those around it.
  const dice = await page.evaluate(
    async ([[z, y, x], id, google]) => {
      const box = { originZyx: [z - 16, y - 16, x - 16], shapeZyx: [33, 33, 33] } as const;
      const { data } = await window.floodlight.readLabels(box);
      const theirs = await window.floodlight.readStoredLabels({ ...box, layer: 'google_ffn' });
      let [mine, others, both] = [0, 0, 0];
      for (const [index, label] of data.entries()) {
        const isTheirs = Number(theirs.data[index]) === google;
        if (label === id) mine++;
        if (isTheirs) others++;
        if (label === id && isTheirs) both++;
      }
      return (2 * both) / (mine + others);
    },
    [SEED, grown?.id ?? 0, GOOGLE_ID] as const,
  );
  expect(dice).toBeGreaterThan(0.97);

  // Another seed beside the first lets the selected object go on.
  await maxSteps.fill('3');
  await maxSteps.press('Enter');
  await maxSteps.blur();
  await click(page, ['Shift'], 20);
  await expect.poll(async () => (await segments(page))[0]?.steps, STEPS).toBeGreaterThan(10);
  await idle(page);
  const [steered, ...others] = await segments(page);
  expect(others).toEqual([]);
  expect(steered).toMatchObject({ id: grown?.id, steps: 13 });
  expect(steered?.algorithm === 'ffn' && steered.params.seedsZyx).toHaveLength(1);

  // A block has it grow anew, without the ball.
  await click(page, ['Alt'], 60);
  await expect.poll(async () => (await segments(page))[0]?.steps, STEPS).toBe(3);
  await idle(page);
  const [blocked] = await segments(page);
  if (blocked?.algorithm !== 'ffn') throw new Error('no segment of a network');
  const [ball] = blocked.params.blocks ?? [];
  expect(ball?.radius).toBe(8);
  const centre = ball?.zyx ?? SEED;
  expect(await page.evaluate((zyx) => window.floodlight.labelAt(zyx), centre)).toBe(0);

  for (const voxels of [steered?.voxels, grown?.voxels]) {
    expect(await page.evaluate(() => window.floodlight.undo())).toBe(true);
    expect((await segments(page))[0]?.voxels).toBe(voxels);
  }
  expect(await page.evaluate(() => window.floodlight.undo())).toBe(true);
  expect(await segments(page)).toEqual([]);
});

test('the GPU’s network grows what the processor’s does, by the API, on the level that fits', async ({
  openPage,
}) => {
  const page = await atSeed(openPage, 'webgpu');
  // Small enough for a software adapter; nobody trained it, so thresholds are low.
  const files = writeBundle('small', tensorsOf(randomNetwork(1, 4, 2))).map(({ name, bytes }) => ({
    name,
    bytes: [...bytes],
  }));
  const model = await page.evaluate(async (files) => {
    const sources = files.map(({ name, bytes }) => ({ name, bytes: Uint8Array.from(bytes) }));
    const { id } = await window.floodlight.importModel(sources, {
      fieldOfViewZyx: [17, 17, 17],
      deltasZyx: [4, 4, 4],
      voxelSizeNm: [20, 20, 20],
      normalization: { mean: 128, deviation: 33 },
    });
    return id;
  }, files);
  const grow = (backend: 'webgpu' | 'cpu') =>
    page.evaluate(
      async ([seedZyx, model, backend]) => {
        const { floodlight } = window;
        const params = {
          ...{ model, maxSteps: 8, minSegmentSize: 0 },
          ...{ padProbability: 0.5, moveThreshold: 0.001, segmentThreshold: 0.5 },
        };
        await floodlight.setBackend(backend);
        let told = 0;
        const onProgress = ({ steps = 0 }) => {
          told = steps;
        };
        const result = await floodlight.segment({ algorithm: 'ffn', seedZyx, params, onProgress });
        await floodlight.undo();
        return { ...result, isTold: told > 0 };
      },
      [[60, 60, 115] as const, model, backend] as const,
    );
  const gpu = await grow('webgpu');
  const cpu = await grow('cpu');
  expect(gpu).toMatchObject({ backend: 'webgpu', level: 1, isTold: true });
  expect(cpu).toMatchObject({ backend: 'cpu', level: 1, isTold: true, steps: gpu.steps });
  expect(cpu.steps).toBeGreaterThan(1);
  expect(cpu.voxels).toBeGreaterThan(1000);
  // Sums are rounded in another order.
  expect(Math.abs(gpu.voxels / cpu.voxels - 1)).toBeLessThan(1e-3);

  // How convolutions are cut up is kept for later visits, and of no harm where it is damaged.
  await expect.poll(async () => (await keptTilings(page)).length).toBe(1);
  const [tuned] = await keptTilings(page, true);
  expect(tuned).toMatchObject({ tiling: { kernel: expect.any(String) } });
  expect(await keptTilings(page)).not.toContainEqual(tuned);
  expect(await grow('webgpu')).toMatchObject({ steps: gpu.steps, voxels: gpu.voxels });
  await expect.poll(() => keptTilings(page)).toEqual([tuned]);
});

test('half precision is greyed with its reason where there is none, and refused by the API with nothing made', async ({
  openPage,
}) => {
  const page = await atSeed(openPage, 'webgpu');
  await importModel(page);
  const choice = page
    .getByRole('region', { name: 'Flood-filling network' })
    .getByRole('radiogroup', { name: 'precision' });
  const refusal = () =>
    page.evaluate(async (seedZyx) => {
      const { floodlight } = window;
      const model = (await floodlight.models()).models[0]?.id ?? '';
      const params = { model, precision: 'f16' } as const;
      const codeOf = (call: Promise<unknown>) =>
        call.then(
          () => 'none',
          (error) => error.code as string,
        );
      return [
        await codeOf(floodlight.segment({ algorithm: 'ffn', seedZyx, params })),
        await codeOf(floodlight.segmentVolume({ algorithm: 'ffn', params })),
        floodlight.run('precision-f16'),
        floodlight.ffnOptions().precision,
      ];
    }, SEED);
  // Software adapters of browsers have no shader-f16, and the processor calculates in f32.
  for (const [backend, why] of [
    ['webgpu', 'this graphics adapter has no shader-f16'],
    ['cpu', 'the processor calculates in f32 alone'],
  ] as const) {
    await page.evaluate((id) => window.floodlight.setBackend(id), backend);
    await expect(choice.getByRole('radio', { name: 'f32' })).toBeChecked();
    const half = choice.getByRole('radio', { name: 'f16' });
    await expect(half).toBeDisabled();
    await expect(half).toHaveAttribute('title', why);
    expect(await refusal()).toEqual([
      'PRECISION_UNAVAILABLE',
      'PRECISION_UNAVAILABLE',
      false,
      'f32',
    ]);
    expect(await page.evaluate(() => window.floodlight.backendInfo?.withoutF16)).toBe(why);
  }
  expect(await segments(page)).toEqual([]);

  // Asked for all the same, a click says what is wrong.
  await page.evaluate(() => window.floodlight.setFfnOptions({ precision: 'f16' }));
  await click(page);
  await expect(page.getByText(/cannot be run in f16 here: the processor/)).toBeVisible();
  await choice.getByRole('radio', { name: 'f32' }).click();
  await expect
    .poll(() => page.evaluate(() => window.floodlight.ffnOptions().precision))
    .toBe('f32');
});

test('what speaks against a seed is said in a sentence', async ({ openPage }) => {
  const page = await atSeed(openPage, 'cpu');
  await importModel(page);
  await page.evaluate(async () => {
    window.floodlight.goTo([3, 24, 115]);
    await window.floodlight.settled();
  });
  await click(page);
  await expect(page.getByText(/is too near the edge: the network sees 33 × 33 × 33/)).toBeVisible();
  await click(page, ['Shift']);
  await expect(page.getByText(/There is nothing to steer/)).toBeVisible();
});
