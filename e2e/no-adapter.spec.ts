import { chromiumLaunch, noGpuFlags } from './fixtures/chromium';
import { neurite, voxelsOfNeurite } from './fixtures/fib25';
import { dataSource, expect, test } from './fixtures/floodlight';
import { canvas, expectOtherPicture, expectPicture, middleOf, still } from './fixtures/workspace';

test.use({ launchOptions: chromiumLaunch(noGpuFlags) });

test('opens a volume, draws it, fills by a click and meshes, all on the processor', async ({
  openPage,
}) => {
  const page = await openPage({ source: dataSource('fib25/em.zarr') });
  expect(await page.evaluate(() => window.floodlight.adapter)).toBeNull();
  expect(await page.evaluate(() => window.floodlight.backendInfo)).toMatchObject({
    id: 'cpu',
    choice: 'auto',
    reason: expect.stringContaining('no WebGPU adapter'),
  });

  await page.evaluate(async (seed) => {
    const { floodlight } = window;
    floodlight.goTo(seed);
    floodlight.setZoom(10);
    floodlight.setFillOptions({ low: 140, high: 255, connectivity: 6 });
    await floodlight.settled();
  }, neurite);
  const view = canvas(page, 'xy');
  const before = await still(view);
  const { x, y } = await middleOf(page, 'xy');
  await page.mouse.click(x, y);
  await expect
    .poll(() => page.evaluate(() => window.floodlight.segments().length), { timeout: 120_000 })
    .toBe(1);
  const segment = await page.evaluate(() => window.floodlight.segments()[0]);
  expect(segment).toMatchObject({ backend: 'cpu', complete: true });
  expect(segment?.voxels).toBe(await voxelsOfNeurite(140, 255));

  await page.evaluate(() => window.floodlight.settled());
  // The segment is drawn.
  await expectOtherPicture(view, before);
  const look = (orientation: readonly [number, number, number, number]) =>
    page.evaluate(async (orientation) => {
      window.floodlight.setOrientation(orientation);
      await window.floodlight.settled();
    }, orientation);
  await page.mouse.move(2, 2);
  await look([0, 0, 0, 1]);
  const straight = await still(view);
  await look([0.2, 0.3, 0, 0.9]);
  await expectOtherPicture(view, straight);
  await look([0, 0, 0, 1]);
  await expectPicture(view, straight);
  const triangles = await page.evaluate(
    async (id) => (await window.floodlight.mesh(id)).indices.length / 3,
    segment?.id ?? 0,
  );
  expect(triangles).toBeGreaterThan(100_000);
  await expect(page.locator('[data-triangles]')).toHaveAttribute(
    'data-triangles',
    String(triangles),
    { timeout: 120_000 },
  );
});

test('says why, what runs instead, and refuses WebGPU with a typed error', async ({ openPage }) => {
  const page = await openPage({ params: { backend: 'webgpu' } });
  expect(await page.evaluate(() => window.floodlight.backendInfo)).toMatchObject({
    id: 'cpu',
    choice: 'webgpu',
  });
  await page.getByRole('button', { name: /Adapter: no GPU/ }).click();
  await expect(page.getByRole('dialog')).toContainText('Fills run on the processor');
  const refused = await page.evaluate(() =>
    window.floodlight.setBackend('webgpu').catch((error) => error.code),
  );
  expect(refused).toBe('WEBGPU_UNAVAILABLE');
});
