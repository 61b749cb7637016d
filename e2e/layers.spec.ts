import AxeBuilder from '@axe-core/playwright';
import { dataSource, expect, test } from './fixtures/floodlight';

test('layers are added, ordered by keys, changed and removed, each at its own place', async ({
  openPage,
}) => {
  // As a shared address has them; what cannot be shown so is left out.
  const shared = [
    { stored: 'google_ffn', kind: 'labels', look: { opacity: 0.8 } },
    { own: 'volume', kind: 'image', look: { colourMap: 'inverted', opacity: 1 } },
    { stored: 'no such labels', kind: 'labels', look: {} },
  ];
  const page = await openPage({
    source: dataSource('fib25/em.zarr'),
    params: { layers: JSON.stringify(shared) },
  });
  const [lowest, image] = await page.evaluate(() => window.floodlight.layers());
  expect(lowest).toMatchObject({ name: 'google_ffn', opacity: 0.8 });
  expect(image).toMatchObject({ id: 'volume', colourMap: 'inverted' });
  await expect(page.getByText('The volume has no label layer “no such labels”')).toBeVisible();
  await page.evaluate((id) => window.floodlight.removeLayer(id), lowest?.id ?? '');
  const names = () =>
    page.evaluate(() => window.floodlight.layers().map(({ name }) => name.replace(/ .*/, '')));
  const add = page.getByRole('dialog', { name: 'Add a layer' });

  // Stored labels by a click, labels of another source by their address.
  await page.getByRole('button', { name: 'Add a layer…' }).click();
  await add.getByRole('button', { name: 'groundtruth' }).click();
  await expect(add).toBeHidden();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('add a layer…');
  await page.keyboard.press('Enter');
  await add.getByLabel(/^Address/).fill(dataSource('fib25/nothing.zarr'));
  await page.keyboard.press('Enter');
  await expect(add.getByRole('alert')).toContainText('There is no Zarr at');
  await add.getByLabel(/^Address/).fill(dataSource('fib25/em.zarr/labels/supervoxels'));
  await page.keyboard.press('Enter');
  await expect(add).toBeHidden();
  // The same EM again, shifted by 20 voxels on each axis.
  const second = await page.evaluate(
    (source) =>
      window.floodlight.addLayer(source, {
        name: 'second',
        kind: 'image',
        originNm: [200, 200, 200],
        colourMap: 'magma',
        blending: 'additive',
      }),
    dataSource('fib25/em.zarr'),
  );
  expect(await names()).toEqual(['fib25', 'second', 'groundtruth', 'supervoxels', 'Segments']);

  // Order: the grip keeps the focus, and says where the layer is now.
  const grip = page.getByRole('button', { name: 'Move groundtruth', exact: true });
  await grip.press('ArrowUp');
  await expect.poll(names).toEqual(['fib25', 'second', 'supervoxels', 'groundtruth', 'Segments']);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await expect.poll(names).toEqual(['fib25', 'second', 'supervoxels', 'Segments', 'groundtruth']);
  await expect(page.getByText('groundtruth: 1 of 5')).toBeAttached();
  await page.evaluate((id) => window.floodlight.moveLayer(id, 0), second);
  expect((await names())[0]).toBe('second');
  const from = await page.getByRole('button', { name: 'Move second', exact: true }).boundingBox();
  const to = await page
    .getByRole('button', { name: 'Move supervoxels', exact: true })
    .boundingBox();
  if (!from || !to) throw new Error('no grips');
  await page.mouse.move(from.x + 5, from.y + 5);
  await page.mouse.down();
  await page.mouse.move(to.x + 5, to.y + 8, { steps: 6 });
  await page.mouse.up();
  await expect.poll(names).toEqual(['fib25', 'supervoxels', 'second', 'Segments', 'groundtruth']);

  // What lies where: the second image has at a voxel what the first one has 20 before it on each axis.
  const probed = await page.evaluate(async () => {
    const { floodlight } = window;
    floodlight.goTo([125, 125, 125]);
    floodlight.setZoom(10);
    await floodlight.settled();
    const there = await floodlight.probe([125, 125, 125]);
    const before = await floodlight.readImage({ originZyx: [105, 105, 105], shapeZyx: [1, 1, 1] });
    return {
      there: there.layers.map(({ value }) => String(value)),
      before: String(before.data[0]),
    };
  });
  // The ground truth's id there, as zarr-python wrote it.
  expect(probed.there).toEqual(['114488', probed.before, expect.stringMatching(/^\d+$/)]);

  // Looks, by the panel.
  await page.getByRole('button', { name: 'second', exact: true }).click();
  await page.getByRole('combobox', { name: 'Colours of second' }).click();
  await page.getByRole('option', { name: 'cyan' }).click();
  await page.getByRole('radio', { name: 'multiply' }).first().click();
  await page.getByRole('button', { name: 'Hide supervoxels' }).click();
  await page.getByRole('slider', { name: 'Opacity of second' }).press('Home');
  const layerNamed = async (sought: string) =>
    (await page.evaluate(() => window.floodlight.layers())).find(({ name }) => name === sought);
  await expect
    .poll(() => layerNamed('second'))
    .toMatchObject({
      id: second,
      colourMap: 'cyan',
      blending: 'multiply',
      opacity: 0,
    });
  expect((await layerNamed('supervoxels'))?.visible).toBe(false);
  const { violations } = await new AxeBuilder({ page }).include('.layers').analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)).toEqual([]);

  await page.getByRole('button', { name: 'Remove second' }).click();
  await page.evaluate(() => window.floodlight.run('remove-layers'));
  await expect.poll(names).toEqual(['fib25', 'Segments']);
  const refused = await page.evaluate(() =>
    window.floodlight.removeLayer('volume').catch((error) => error.code),
  );
  expect(refused).toBe('BAD_PARAMETERS');
});
