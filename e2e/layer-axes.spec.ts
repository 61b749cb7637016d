import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { dataSource, expect, reload, test } from './fixtures/floodlight';
import { valueAt } from './fixtures/times-channels';

const source = dataSource('times-channels.zarr');

/** What the volume and each added layer, the highest first, have at a voxel of the volume, as the status bar says it. */
const probed = (page: Page) =>
  page.evaluate(async () => {
    const api = window.floodlight;
    await api.settled();
    const { value, layers } = await api.probe([3, 9, 9]);
    return [value, ...layers.map((layer) => layer.value)];
  });

const added = (page: Page) =>
  page.evaluate(() => window.floodlight.layers().filter(({ id }) => /^layer-/.test(id)));

test('two channels of one image lie over each other by the panel alone, follow its time, and are shared', async ({
  openPage,
}) => {
  const page = await openPage({ source });
  await page.evaluate(() => window.floodlight.setZoom(8));
  const add = page.getByRole('dialog', { name: 'Add a layer' });
  await page.getByRole('button', { name: 'Add a layer…' }).click();
  await add.getByLabel(/^Address/).fill(source);
  await page.keyboard.press('Enter');
  await expect(add).toBeHidden();
  const [layer] = await added(page);
  if (!layer) throw new Error('no layer');
  expect(layer.axes).toMatchObject({ times: 4, chosen: { t: null, c: null } });
  expect(await probed(page)).toEqual([valueAt(0, 0), valueAt(0, 0)]);

  // Another channel of it: with the contrast that suits it, in a colour of its own.
  const layers = page.getByRole('region', { name: 'Layers' });
  const { name } = layer;
  await layers.getByRole('button', { name, exact: true }).first().click();
  await layers.getByRole('combobox', { name: `Channel of ${name}` }).click();
  await page.getByRole('option', { name: 'membranes' }).click();
  await expect.poll(() => probed(page)).toEqual([valueAt(0, 0), valueAt(0, 1)]);
  await layers
    .getByRole('combobox', { name: `Colours of ${name}` })
    .first()
    .click();
  await page.getByRole('option', { name: 'green' }).click();
  await layers.getByRole('radio', { name: 'additive' }).first().click();
  await expect
    .poll(async () => (await added(page))[0])
    .toMatchObject({
      axes: { chosen: { t: null, c: 1 }, selection: { t: 0, c: 1 } },
      contrast: [1, 2],
      blending: 'additive',
      colourMap: 'green',
    });

  // The volume's time is the layer's, too, until it has one of its own.
  await page.keyboard.press('Escape');
  await page.locator('body').press('t');
  await expect.poll(() => probed(page)).toEqual([valueAt(1, 0), valueAt(1, 1)]);
  await page.locator('body').press('c');
  await expect.poll(() => probed(page)).toEqual([valueAt(1, 1), valueAt(1, 1)]);
  await layers.getByRole('slider', { name: `Time of ${name}` }).press('End');
  await expect.poll(() => probed(page)).toEqual([valueAt(1, 1), valueAt(3, 1)]);
  await page.locator('body').press('t');
  await expect.poll(() => probed(page)).toEqual([valueAt(2, 1), valueAt(3, 1)]);
  const follows = layers.getByRole('button', { name: `Time of ${name} follows the volume’s` });
  await expect(follows).toHaveAttribute('aria-pressed', 'false');
  const { violations } = await new AxeBuilder({ page }).include('.layers').analyze();
  expect(violations).toEqual([]);

  // Whoever opens its address sees the same.
  await page.evaluate(() => window.floodlight.run('share'));
  await page.waitForURL(/layers=/);
  await reload(page);
  expect(await probed(page)).toEqual([valueAt(2, 1), valueAt(3, 1)]);
  expect((await added(page))[0]).toMatchObject({
    axes: { chosen: { t: 3, c: 1 } },
    colourMap: 'green',
  });
  await layers.getByRole('button', { name, exact: true }).first().click();
  await follows.click();
  await expect(follows).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(() => probed(page)).toEqual([valueAt(2, 1), valueAt(2, 1)]);

  // The same by calls; what is not there is refused.
  const called = await page.evaluate(async () => {
    const api = window.floodlight;
    const id = api.layers().find((each) => each.axes)?.id ?? '';
    const selection = await api.selectLayerAxes(id, { t: 0, c: 2 });
    const box = { originZyx: [5, 39, 39], shapeZyx: [1, 1, 1] } as const;
    const { data } = await api.readImage({ ...box, layer: id });
    const refused = await api.selectLayerAxes(id, { c: 3 }).catch((error) => error.code);
    return { selection, value: data[0], refused };
  });
  expect(called).toEqual({
    selection: { t: 0, c: 2 },
    value: valueAt(0, 2),
    refused: 'BAD_PARAMETERS',
  });
});

test('a layer lies where it is said to, and for whom its address is shared', async ({
  openPage,
}) => {
  const em = dataSource('fib25/em.zarr');
  // What makes no sense in an address is said, and left out.
  const shared = [{ url: em, kind: 'image', look: {}, voxelSizeNm: [0, 10, 10] }];
  const page = await openPage({ source: em, params: { layers: JSON.stringify(shared) } });
  await expect(page.getByText(/a voxel size is three lengths/)).toBeVisible();
  expect(await added(page)).toEqual([]);

  const add = page.getByRole('dialog', { name: 'Add a layer' });
  await page.getByRole('button', { name: 'Add a layer…' }).click();
  await add.getByLabel(/^Address/).fill(em);
  await add.getByText('Placement').click();
  await add.getByLabel('Voxel size, x, in nanometres').fill('20');
  await add.getByLabel(/^Address/).press('Enter');
  await expect(add.getByRole('alert')).toContainText('a voxel size is three lengths');
  await add.getByLabel('Voxel size, y, in nanometres').fill('20');
  await add.getByLabel('Voxel size, z, in nanometres').fill('10');
  for (const [axis, at] of Object.entries({ x: '1005', y: '1005', z: '200' }))
    await add.getByLabel(`Origin, ${axis}, in nanometres`).fill(at);
  const { violations } = await new AxeBuilder({ page }).include('.add-layer').analyze();
  expect(violations).toEqual([]);
  await add.getByLabel('Origin, z, in nanometres').press('Enter');
  await expect(add).toBeHidden();

  const seen = () =>
    page.evaluate(async () => {
      const api = window.floodlight;
      const [layer] = api.layers().filter(({ id }) => /^layer-/.test(id));
      api.goTo([60, 124, 130]);
      api.setZoom(10);
      await api.settled();
      const { layers } = await api.probe([60, 124, 130]);
      // Twice as large along y and x, its first voxel covers 100 and 101 there, and 20 along z.
      const box = { originZyx: [40, 12, 15], shapeZyx: [1, 1, 1] } as const;
      const { data } = await api.readImage({ ...box, layer: layer?.id ?? '' });
      return { origin: layer?.origin, there: layers[0]?.value, expected: data[0] };
    });
  const { origin, there, expected } = await seen();
  expect(origin).toEqual({
    from: 'source',
    url: em,
    voxelSizeNm: [10, 20, 20],
    originNm: [200, 1005, 1005],
  });
  expect(there).toBe(expected);

  await page.evaluate(() => window.floodlight.run('share'));
  await page.waitForURL(/originNm/);
  await reload(page);
  expect(await seen()).toEqual({ origin, there, expected });
});
