import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Page } from '@playwright/test';
import { unzipSync } from 'fflate';
import type { Zyx } from '../src/core/vec';
import { serpentine } from '../src/volume/testing/serpentine';
import { neurite, voxelsOfNeurite } from './fixtures/fib25';
import { dataSource, expect, test } from './fixtures/floodlight';
import { holdBack, LATE_CHUNK } from './fixtures/hold-back';
import { atFib25, middleOf, runByPalette, segmentCount } from './fixtures/workspace';

const TURN_MILLISECONDS = 1000;

/** The bytes of the file that an action lets the user download. */
async function saveBy(page: Page, action: () => Promise<void>): Promise<Buffer> {
  const download = page.waitForEvent('download');
  await action();
  return readFile(await (await download).path());
}

test('a surface grows while its segment fills', async ({ page, openPage }) => {
  const release = await holdBack(page, LATE_CHUNK);
  await openPage({ source: dataSource('fib25/em.zarr') });
  const run = page.evaluate(() =>
    window.floodlight.segment({
      algorithm: 'flood-fill',
      seedZyx: [39, 248, 240],
      params: { low: 140, high: 255 },
    }),
  );
  let finished = false;
  void run.then(() => {
    finished = true;
  });
  const triangles = () =>
    page.locator('[data-triangles]').first().getAttribute('data-triangles').then(Number);
  await expect.poll(triangles, { timeout: 60_000, intervals: [50] }).toBeGreaterThan(100);
  expect(finished).toBe(false);
  await expect(page.getByRole('region', { name: 'What runs' })).toContainText('Filling');
  release();
  await run;
});

test('a fill on the GPU that outgrows its buffers is drawn as it grows', async ({ openPage }) => {
  test.setTimeout(480_000);
  const shapeZyx = [256, 320, 320] as const;
  const source = dataSource(`serpentine-${shapeZyx.join('x')}.zarr`);
  const page = await openPage({ source, params: { backend: 'webgpu' } });
  const { bricks, voxels, backend, error } = await page.evaluate(async () => {
    const { floodlight } = window;
    await floodlight.settled();
    // Slices are drawn all the time.
    let at = 0;
    const moving = setInterval(() => floodlight.goTo([31, 31, at++ % 320]), 20);
    const { bricks, voxels, backend } = await floodlight.segment({
      algorithm: 'flood-fill',
      seedZyx: [31, 31, 0],
      params: { low: 100, high: 255, connectivity: 6 },
    });
    clearInterval(moving);
    await floodlight.settled();
    return { bricks, voxels, backend, error: floodlight.lastError?.message };
  });
  expect({ backend, error, voxels }).toEqual({
    backend: 'webgpu',
    error: undefined,
    voxels: serpentine({ shapeZyx }).voxels,
  });
  expect(bricks).toBeGreaterThan(64);
  await expect(page.getByText(/The GPU failed/)).toHaveCount(0);
});

test('a click fills, grows a surface, and the segment can be selected, hidden, saved and removed', async ({
  page: blank,
  openPage,
}) => {
  test.setTimeout(480_000);
  // Nobody answers a file picker in a test: without one, files are downloaded.
  await blank.addInitScript(() => {
    for (const picker of ['showOpenFilePicker', 'showSaveFilePicker'])
      Reflect.deleteProperty(window, picker);
  });
  // Bright cytoplasm: at least 187 for two voxels around.
  const page = await atFib25(openPage, [39, 140, 60]);
  await page.keyboard.press('f');
  await page.getByLabel('Lowest value, typed').fill('150');
  await page.keyboard.press('Enter');
  await page.locator('[data-panel-id=xy]').hover();
  const middle = await middleOf(page, 'xy');
  await page.mouse.click(middle.x, middle.y);
  await expect.poll(() => segmentCount(page), { timeout: 90_000 }).toBe(1);
  const [segment] = await page.evaluate(() => window.floodlight.segments());
  expect(segment).toMatchObject({ params: { low: 150, high: 255 } });
  expect(await page.evaluate(() => window.floodlight.labelAt([39, 140, 60]))).toBe(segment?.id);
  await expect(page.getByRole('row', { name: new RegExp(`${segment?.id}`) }).first()).toBeVisible();

  await page.evaluate(async (id) => window.floodlight.mesh(id), segment?.id ?? 0);
  await expect
    .poll(
      () => page.locator('[data-triangles]').first().getAttribute('data-triangles').then(Number),
      {
        timeout: 60_000,
      },
    )
    .toBeGreaterThan(1000);

  // Labels are drawn over the slice: hiding them changes what is seen.
  await page.evaluate(() => window.floodlight.select([]));
  await page.evaluate(() => window.floodlight.settled());
  await page.keyboard.press('v');
  await page.mouse.click(middle.x, middle.y);
  await expect
    .poll(() => page.evaluate(() => window.floodlight.display().selectedIds))
    .toEqual([segment?.id]);
  await page.getByRole('button', { name: `Hide segment ${segment?.id}` }).click();
  await expect
    .poll(() => page.evaluate(() => window.floodlight.display().hiddenIds))
    .toEqual([segment?.id]);

  const saved = await saveBy(page, () => page.keyboard.press('Control+s'));
  expect(Object.keys(unzipSync(saved))).toContain('zarr.json');
  await expect(page.locator('.saved-state')).toHaveText(/^Saved/);
  const surface = await saveBy(page, async () => {
    await page.getByRole('button', { name: /Save as/ }).click();
    await page.getByRole('menuitem', { name: /GLB/ }).click();
  });
  expect(surface.subarray(0, 4).toString()).toBe('glTF');

  await page.getByRole('row').first().click();
  await page.keyboard.press('Delete');
  await expect.poll(() => segmentCount(page)).toBe(0);
  // What can be taken back is told right after the segments, so before any answer to what is asked now.
  await page.evaluate(() => window.floodlight.labelAt([0, 0, 0]));
  const redo = page.getByRole('button', { name: 'Redo what was undone' });

  await page.keyboard.press('Control+z');
  await expect(page.getByText(`Undone: removal of segment ${segment?.id}.`)).toBeVisible();
  await expect.poll(() => page.evaluate(() => window.floodlight.segments())).toEqual([segment]);
  expect(
    await page.evaluate(
      (zyx) => window.floodlight.labelAt(zyx),
      segment?.seedZyx ?? ([0, 0, 0] as const),
    ),
  ).toBe(segment?.id);
  await page.keyboard.press('Control+z');
  await expect.poll(() => segmentCount(page)).toBe(0);
  await expect(redo).toBeEnabled();
  await page.keyboard.press('Control+Shift+z');
  await expect.poll(() => segmentCount(page)).toBe(1);
  expect(await page.evaluate(() => window.floodlight.undo())).toBe(true);
  expect(await page.evaluate(() => window.floodlight.undo())).toBe(false);
  expect(await page.evaluate(() => window.floodlight.redo())).toBe(true);
});

test('a box, typed into the panel, limits what a click fills', async ({ openPage }) => {
  const page = await atFib25(openPage);
  await page.getByRole('radio', { name: 'box', exact: true }).click();
  for (const [name, value] of [
    ['First x of the box', 110],
    ['End of the box on x', 140],
    ['First y of the box', 100],
    ['End of the box on y', 131],
    ['First z of the box', 120],
    ['End of the box on z', 130],
    ['Lowest value, typed', 0],
  ] as const) {
    await page.getByLabel(name).fill(`${value}`);
    await page.keyboard.press('Enter');
  }
  const box = { originZyx: [120, 100, 110], shapeZyx: [10, 31, 30] };
  await expect.poll(() => page.evaluate(() => window.floodlight.fillOptions().box)).toEqual(box);
  const middle = await middleOf(page, 'xy');
  await page.mouse.click(middle.x, middle.y);
  await expect.poll(() => segmentCount(page), { timeout: 60_000 }).toBe(1);
  const [segment] = await page.evaluate(() => window.floodlight.segments());
  expect(segment).toMatchObject({ voxels: 10 * 31 * 30, box });
});

test('a fill is paused and goes on, by its key and by the API', async ({ page, openPage }) => {
  // Its chunks come in many turns, and the last of them when it is let go: it has not ended when it is seen to have begun.
  const release = await holdBack(page, LATE_CHUNK);
  await openPage({ source: dataSource('fib25/em.zarr', `slow/${TURN_MILLISECONDS}`) });
  const run = page.evaluate(() => {
    let voxels = 0;
    Object.assign(window, { grown: () => voxels });
    return window.floodlight.segment({
      algorithm: 'flood-fill',
      seedZyx: [39, 248, 240],
      params: { low: 140, high: 255 },
      onProgress: (progress) => {
        voxels = progress.voxels;
      },
    });
  });
  const grown = () => page.evaluate(() => Number(Reflect.get(window, 'grown')()));
  await expect.poll(grown).toBeGreaterThan(0);
  await page.keyboard.press('p');
  const card = page.getByRole('region', { name: 'What runs' });
  await expect(card).toContainText('Paused');
  const clock = card.locator('.run-head .number');
  const shown = async () => [await grown(), await clock.textContent()];
  // What was under way comes to its end.
  let held = await shown();
  const hasStayed = async () => {
    const before = held;
    await page.waitForTimeout(1.5 * TURN_MILLISECONDS);
    held = await shown();
    return isDeepStrictEqual(held, before);
  };
  await expect.poll(hasStayed, { timeout: 60_000 }).toBe(true);
  await page.waitForTimeout(1.5 * TURN_MILLISECONDS);
  expect(await shown()).toEqual(held);
  expect(await grown()).toBeLessThan(2_360_470);
  release();
  expect(await page.evaluate(() => window.floodlight.resume())).toBe(true);
  await expect(card).toContainText(/Filling|Filled/);
  expect((await run).voxels).toBe(2_360_470);
  expect(await page.evaluate(() => window.floodlight.pause()), 'nothing runs').toBe(false);
});

test('while a fill runs, undo cancels it, and what was finished before stays, to be undone and redone', async ({
  page,
  openPage,
}) => {
  // Larger fills never end.
  await holdBack(page, LATE_CHUNK);
  await openPage({ source: dataSource('fib25/em.zarr') });
  const fill = (seedZyx: Zyx, voxelLimit?: number) =>
    page.evaluate(
      (limits) =>
        window.floodlight
          .segment({ algorithm: 'flood-fill', params: { low: 140, high: 255 }, ...limits })
          .then(
            ({ id }) => id,
            (error: Error) => error.name,
          ),
      { seedZyx, ...(voxelLimit === undefined ? {} : { voxelLimit }) },
    );
  const ids = () => page.evaluate(() => window.floodlight.segments().map(({ id }) => id));
  const redo = () => page.evaluate(() => window.floodlight.redo());
  expect(await fill([39, 140, 60], 1000)).toBe(1);
  const card = page.getByRole('region', { name: 'What runs' });

  const byKey = fill([39, 248, 240]);
  await expect(card).toContainText('Filling');
  await page.keyboard.press('p');
  await expect(card).toContainText('Paused');
  expect(await redo()).toBe(false);
  await page.keyboard.press('Control+z');
  await expect(page.getByText('Cancelled: what ran.')).toBeVisible();
  expect(await byKey).toBe('AbortError');
  expect(await ids()).toEqual([1]);

  const byApi = fill([39, 248, 240]);
  await expect(card).toContainText('Filling');
  expect(await page.evaluate(() => window.floodlight.undo())).toBe(true);
  expect(await byApi).toBe('AbortError');
  expect([await ids(), await redo()]).toEqual([[1], false]);

  // By mouse, and by key.
  const undo = page.getByRole('button', { name: 'Undo the last fill or removal' });
  await undo.hover();
  await expect(page.getByRole('tooltip', { name: 'Undo: fill of segment 1' })).toBeAttached();
  await undo.click();
  await expect.poll(ids).toEqual([]);
  await expect(undo).toBeDisabled();
  const redoButton = page.getByRole('button', { name: 'Redo what was undone' });
  await redoButton.click();
  await expect.poll(ids).toEqual([1]);
  await expect(redoButton).toBeDisabled();
  await page.keyboard.press('Control+z');
  await expect.poll(ids).toEqual([]);
  await expect(redoButton).toBeEnabled();
  await page.keyboard.press('Control+Shift+z');
  await expect.poll(ids).toEqual([1]);
});

test('a fill is cancelled by Esc and by its signal, and leaves nothing', async ({
  page,
  openPage,
}) => {
  // Fills never end by themselves.
  await holdBack(page, LATE_CHUNK);
  await openPage({ source: dataSource('fib25/em.zarr') });
  const outcome = await page.evaluate(async () => {
    const abort = new AbortController();
    const run = window.floodlight.segment({
      algorithm: 'flood-fill',
      seedZyx: [39, 248, 240],
      params: { low: 140, high: 255 },
      signal: abort.signal,
      onProgress: () => abort.abort(),
    });
    return run.then(
      () => 'finished',
      (error: Error) => error.name,
    );
  });
  expect(outcome).toBe('AbortError');
  const second = page.evaluate(() =>
    window.floodlight
      .segment({
        algorithm: 'flood-fill',
        seedZyx: [39, 248, 240],
        params: { low: 140, high: 255 },
      })
      .then(
        () => 'finished',
        (error: Error) => error.name,
      ),
  );
  await expect(page.getByRole('button', { name: /Cancel/ })).toBeEnabled();
  await page.keyboard.press('Escape');
  expect(await second).toBe('AbortError');
  expect(await segmentCount(page)).toBe(0);
  expect(await page.evaluate(() => window.floodlight.labelAt([39, 248, 240]))).toBe(0);
});

test('a fill goes on through a change of budgets', async ({ page, openPage }) => {
  const release = await holdBack(page, LATE_CHUNK);
  await openPage({ source: dataSource('fib25/em.zarr') });
  const run = page.evaluate(async (seedZyx) => {
    const { complete, voxels } = await window.floodlight.segment({
      algorithm: 'flood-fill',
      seedZyx,
      params: { low: 140, high: 255 },
    });
    return { complete, voxels };
  }, neurite);
  const running = page.getByRole('region', { name: 'What runs' });
  await expect(running).toContainText('Filling');
  await runByPalette(page, 'taken of GPU', 'Set what may be taken of GPU');
  const form = page.getByRole('dialog', { name: 'Budgets' });
  const budget = () => page.evaluate(() => window.floodlight.stats().memoryBudgetBytes);
  const before = await budget();
  await form.getByRole('slider', { name: 'Budget: Memory' }).press('ArrowLeft');
  await expect.poll(budget).toBeLessThan(before);
  await expect(running).toContainText('Filling');
  release();
  expect(await run).toEqual({ complete: true, voxels: await voxelsOfNeurite(140, 255) });
  expect(await segmentCount(page)).toBe(1);
});
