import { add, type Zyx } from '../src/core/vec';
import { floodFillReference } from '../src/segment/flood-fill/reference';
import { neurite, readFib25 } from './fixtures/fib25';
import { dataSource, expect, test } from './fixtures/floodlight';
import { canvas, expectOtherPicture, still } from './fixtures/workspace';

const box = { originZyx: [10, 210, 200], shapeZyx: [60, 40, 50] } as const;

test('the EM is seen and filled through a filter, and as it is stored again without', async ({
  openPage,
}) => {
  const page = await openPage({ source: dataSource('fib25/em.zarr') });
  const read = () =>
    page.evaluate(async (box) => {
      const { data } = await window.floodlight.readImage(box);
      return Array.from<number | bigint, number>(data, Number);
    }, box);
  const settled = () => page.evaluate(() => window.floodlight.settled());
  await page.evaluate((seed) => window.floodlight.goTo(seed), neurite);
  await settled();
  const [stored, plain] = [await read(), await still(canvas(page, 'xy'))];

  const choose = async (name: string, kind: string) => {
    await page.getByRole('radio', { name, exact: true }).click();
    await expect.poll(() => page.evaluate(() => window.floodlight.imageFilter().kind)).toBe(kind);
    await settled();
  };
  await choose('CLAHE', 'clahe');
  const equalized = await read();
  const spread = (values: readonly number[]) => {
    const sorted = values.toSorted((a, b) => a - b);
    return (
      (sorted[Math.floor(sorted.length * 0.95)] ?? 0) -
      (sorted[Math.floor(sorted.length * 0.05)] ?? 0)
    );
  };
  expect(spread(equalized)).toBeGreaterThan(spread(stored));
  await expectOtherPicture(canvas(page, 'xy'), plain);

  await choose('smooth', 'gaussian');
  const slider = page.getByRole('slider', { name: /Strength of the filter/ });
  await slider.press('ArrowRight');
  await expect
    .poll(() => page.evaluate(() => window.floodlight.imageFilter()))
    .toEqual({ kind: 'gaussian', sigmaNm: 12.5 });
  await settled();
  const smooth = Uint8Array.from(await read());
  const [, rows, columns] = box.shapeZyx;
  const brightest = smooth.indexOf(Math.max(...smooth));
  const seedZyx: Zyx = [
    Math.floor(brightest / (rows * columns)),
    Math.floor(brightest / columns) % rows,
    brightest % columns,
  ];
  const range = { low: 140, high: 255 };
  const expected = floodFillReference(smooth, box.shapeZyx, seedZyx, range, 6);
  const filled = (backend: 'cpu' | 'webgpu') =>
    page.evaluate(
      async ([backend, seedZyx, params, box]) => {
        const { floodlight } = window;
        await floodlight.setBackend(backend);
        const { id } = await floodlight.segment({ algorithm: 'flood-fill', seedZyx, params, box });
        const { data } = await floodlight.readLabels(box);
        return Array.from(data, (label) => Number(label === id));
      },
      [backend, add(box.originZyx, seedZyx), { ...range, connectivity: 6 }, box] as const,
    );
  expect(expected.voxels).toBeGreaterThan(10_000);
  expect(await filled('cpu')).toEqual(Array.from(expected.mask));
  expect(await filled('webgpu')).toEqual(Array.from(expected.mask));

  expect(await page.evaluate(() => window.floodlight.run('filter-none'))).toBe(true);
  await expect.poll(() => page.evaluate(() => window.floodlight.imageFilter().kind)).toBe('none');
  expect(await read()).toEqual(stored);
  const image = await readFib25();
  expect(stored[0]).toBe(image[(10 * 250 + 210) * 250 + 200]);

  const refused = await page.evaluate(() =>
    window.floodlight
      .setImageFilter({ kind: 'clahe', limit: 2 })
      .catch((error: Error & { code?: string }) => error.code),
  );
  expect(refused).toBe('BAD_PARAMETERS');
});
