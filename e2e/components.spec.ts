import { dataSource, expect, test } from './fixtures/floodlight';
import { runByPalette } from './fixtures/workspace';

/** Counts go through all voxels. */
const COUNTED = { timeout: 120_000 };

test('connected components are counted from the palette and by the API, and a count can be cancelled', async ({
  openPage,
}) => {
  const page = await openPage({ source: dataSource('fib25/em.zarr') });
  await page.evaluate(() =>
    window.floodlight.setFillOptions({ low: 140, high: 255, connectivity: 26 }),
  );
  await runByPalette(page, 'connected components', 'Count connected components');
  // As many as in src/segment/components/real-volumes.test.ts.
  await expect(page.getByText(/^3,792 connected components \(26\) of values 140–255/)).toBeVisible(
    COUNTED,
  );

  const { image, labels, box, cancelled } = await page.evaluate(async () => {
    const { floodlight } = window;
    const abort = new AbortController();
    const cancelled = floodlight
      .components({ low: 140, high: 255, signal: abort.signal })
      .catch((error: Error) => error.name);
    abort.abort();
    return {
      cancelled: await cancelled,
      image: await floodlight.components({ low: 140, high: 255, connectivity: 6 }),
      labels: await floodlight.components({ layer: 'groundtruth', connectivity: 6 }),
      box: await floodlight.components({
        low: 0,
        high: 255,
        box: { originZyx: [3, 5, 7], shapeZyx: [11, 13, 17] },
      }),
    };
  });
  expect(cancelled).toBe('AbortError');
  expect(image.count).toBe(18_244);
  expect(labels.count).toBeGreaterThan(0);
  expect(labels.voxels).toBeLessThan(250 ** 3);
  expect(box).toMatchObject({ count: 1, voxels: 11 * 13 * 17, largestVoxels: 11 * 13 * 17 });

  // What is counted follows what is shown.
  await page.evaluate(async () => {
    await window.floodlight.addLayer({ stored: 'groundtruth' });
    window.floodlight.setFillOptions({ connectivity: 6 });
    window.floodlight.run('count-components');
  });
  const counted = labels.count.toLocaleString('en');
  await expect(page.getByText(`${counted} connected components (6) of groundtruth`)).toBeVisible(
    COUNTED,
  );
  const added = await page.evaluate(async (source) => {
    const { floodlight } = window;
    const layer = await floodlight.addLayer(source, { name: 'added' });
    floodlight.run('count-components');
    return layer;
  }, dataSource('fib25/em.zarr/labels/groundtruth'));
  await expect(page.getByText(`${counted} connected components (6) of added`)).toBeVisible(COUNTED);
  // The same by its id, as by the name that it is stored by, in a box of the volume's voxels.
  const [byId, byName] = await page.evaluate(async (id) => {
    const box = { originZyx: [30, 50, 70], shapeZyx: [40, 50, 60] } as const;
    const count = async (layer: string) => {
      const { milliseconds: _, ...found } = await window.floodlight.components({ layer, box });
      return found;
    };
    return [await count(id), await count('groundtruth')];
  }, added);
  expect(byId).toEqual(byName);
});
