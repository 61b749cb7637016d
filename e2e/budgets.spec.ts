import { dataSource, expect, test } from './fixtures/floodlight';

const GIBIBYTE = 2 ** 30;

test('what may be taken of the machine is set in the status bar and by the API, and remembered', async ({
  openPage,
}) => {
  const page = await openPage({ source: dataSource('fib25/em.zarr') });
  const stats = () => page.evaluate(() => window.floodlight.stats());
  await expect.poll(async () => (await stats()).gpuBudgetBytes).toBe(GIBIBYTE);

  await page.keyboard.press('Control+k');
  await page.keyboard.type('taken of GPU');
  await page.keyboard.press('Enter');
  const form = page.getByRole('dialog', { name: 'Budgets' });
  await form.getByRole('slider', { name: 'Budget: GPU' }).press('ArrowLeft');
  await form.getByRole('slider', { name: 'Budget: GPU' }).press('ArrowLeft');
  await expect.poll(async () => (await stats()).gpuBudgetBytes).toBe(GIBIBYTE / 2);
  await form.getByRole('slider', { name: 'Budget: Memory' }).press('Home');
  await expect.poll(async () => (await stats()).memoryBudgetBytes).toBe(GIBIBYTE / 4);
  await page.keyboard.press('Escape');
  await expect(form).toBeHidden();

  await page.evaluate(() => window.floodlight.settled());
  const { gpuBytes, memoryBytes } = await stats();
  expect(gpuBytes).toBeGreaterThan(0);
  expect(gpuBytes).toBeLessThanOrEqual(GIBIBYTE / 2);
  expect(memoryBytes).toBeLessThanOrEqual(GIBIBYTE / 4);
  const refused = await page.evaluate(() =>
    window.floodlight.setBudgets({ gpuBytes: 1 }).catch((error) => error.code),
  );
  expect(refused).toBe('BAD_PARAMETERS');
  expect(
    await page.evaluate((memoryBytes) => window.floodlight.setBudgets({ memoryBytes }), GIBIBYTE),
  ).toMatchObject({ gpuBytes: GIBIBYTE / 2, memoryBytes: GIBIBYTE });

  await page.reload();
  await page.waitForFunction(() => 'floodlight' in window);
  await page.evaluate(() => window.floodlight.ready);
  await expect.poll(async () => (await stats()).gpuBudgetBytes).toBe(GIBIBYTE / 2);
  expect((await stats()).memoryBudgetBytes).toBe(GIBIBYTE);
});
