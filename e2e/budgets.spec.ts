import { dataSource, expect, reload, test } from './fixtures/floodlight';
import { runByPalette } from './fixtures/workspace';

const GIBIBYTE = 2 ** 30;
const LEAST_MEMORY = 2 ** 27;

test('what may be taken of the machine is set in the status bar and by the API, and remembered', async ({
  openPage,
}) => {
  const page = await openPage({ source: dataSource('fib25/em.zarr') });
  const stats = () => page.evaluate(() => window.floodlight.stats());
  await expect.poll(async () => (await stats()).gpuBudgetBytes).toBe(GIBIBYTE);

  await runByPalette(page, 'taken of GPU', 'Set what may be taken of GPU');
  const form = page.getByRole('dialog', { name: 'Budgets' });
  const slider = form.getByRole('slider', { name: 'Budget: GPU' });
  await slider.press('ArrowLeft');
  await expect.poll(async () => (await stats()).gpuBudgetBytes).toBeLessThan(GIBIBYTE);
  await slider.press('ArrowLeft');
  await expect.poll(async () => (await stats()).gpuBudgetBytes).toBe(GIBIBYTE / 2);
  await form.getByRole('slider', { name: 'Budget: Memory' }).press('Home');
  await expect.poll(async () => (await stats()).memoryBudgetBytes).toBe(LEAST_MEMORY);
  await page.keyboard.press('Escape');
  await expect(form).toBeHidden();

  await page.evaluate(() => window.floodlight.settled());
  const { gpuBytes, memoryBytes } = await stats();
  expect(gpuBytes).toBeGreaterThan(0);
  expect(gpuBytes).toBeLessThanOrEqual(GIBIBYTE / 2);
  expect(memoryBytes).toBeLessThanOrEqual(LEAST_MEMORY);
  const refused = await page.evaluate(() =>
    window.floodlight.setBudgets({ gpuBytes: 1 }).catch((error) => error.code),
  );
  expect(refused).toBe('BAD_PARAMETERS');
  expect(
    await page.evaluate((memoryBytes) => window.floodlight.setBudgets({ memoryBytes }), GIBIBYTE),
  ).toMatchObject({ gpuBytes: GIBIBYTE / 2, memoryBytes: GIBIBYTE });

  await reload(page);
  await expect.poll(async () => (await stats()).gpuBudgetBytes).toBe(GIBIBYTE / 2);
  expect((await stats()).memoryBudgetBytes).toBe(GIBIBYTE);
});

test('a budget is shown as it is, whatever it is; off is what the disk may be', async ({
  openPage,
}) => {
  const page = await openPage({ source: dataSource('fib25/em.zarr') });
  await page.evaluate(async () => {
    await window.floodlight.setBudgets({ gpuBytes: 256e6, memoryBytes: 300e6, diskBytes: 0 });
    window.floodlight.run('budgets');
  });
  const form = page.getByRole('dialog', { name: 'Budgets' });
  const slider = (name: string) => form.getByRole('slider', { name: `Budget: ${name}` });
  const shown = () =>
    Promise.all(
      ['GPU', 'Memory', 'Disk'].map((name) => slider(name).getAttribute('aria-valuetext')),
    );
  await expect.poll(shown).toEqual(['0.238 GiB', '0.279 GiB', 'off']);
  for (const text of await shown()) await expect(form.getByText(`${text}`)).toBeVisible();
  // The next steps are round, and what is set otherwise meanwhile is shown.
  await slider('GPU').press('ArrowRight');
  await slider('Disk').press('ArrowRight');
  await expect.poll(shown).toEqual(['0.375 GiB', '0.279 GiB', '0.25 GiB']);
  await page.evaluate(() => window.floodlight.setBudgets({ gpuBytes: 2 ** 30, diskBytes: 0 }));
  await expect.poll(shown).toEqual(['1 GiB', '0.279 GiB', 'off']);
});

test('what a fill on the processor reads is told as in flight, and its surface’s memory', async ({
  openPage,
}) => {
  // So slow that some are on their way whenever one looks.
  const page = await openPage({ source: dataSource('fib25/em.zarr', 'slow/1000') });
  await page.evaluate(async () => {
    await window.floodlight.setBackend('cpu');
    window.floodlight.run('budgets');
  });
  const figure = (name: string) =>
    page.getByLabel('Bricks').locator('div', { hasText: name }).locator('dd').textContent();
  const run = page.evaluate(() =>
    window.floodlight.segment({
      algorithm: 'flood-fill',
      seedZyx: [39, 248, 240],
      params: { low: 140, high: 255 },
    }),
  );
  await expect
    .poll(async () => Number(await figure('in flight')), { intervals: [50] })
    .toBeGreaterThan(0);
  await run;
  await expect.poll(() => figure('surfaces'), { timeout: 60_000 }).not.toMatch(/^0\.0/);
});
