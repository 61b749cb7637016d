import type { Page } from '@playwright/test';
import { dataSource, expect, reload, test } from './fixtures/floodlight';

const CHECKPOINT = dataSource('ffn-fib25/model.ckpt-27465036.index');
/** A part of the EM that holds some tens of seeds with a field of view around them. */
const BOX = { originZyx: [20, 20, 80], shapeZyx: [64, 70, 80] } as const;

const importModel = (page: Page) =>
  page.evaluate((address) => window.floodlight.importModel([address]), CHECKPOINT);
const card = (page: Page) => page.getByRole('region', { name: 'What runs' });
const ids = (page: Page) => page.evaluate(() => window.floodlight.segments().map(({ id }) => id));

test('real EM is segmented by the published network from its own seeds: held, cancelled, and gone on with after a reload', async ({
  openPage,
}) => {
  test.setTimeout(600_000);
  const open = () => openPage({ source: dataSource('fib25/em.zarr'), params: { backend: 'cpu' } });
  const page = await open();
  // Without a network there is nothing to run.
  await page.evaluate(() => window.floodlight.run('segment-volume'));
  await expect(page.getByText(/has to be imported before it can segment a volume/)).toBeVisible();
  await importModel(page);

  // One application an object, so that this ends; objects as small as that leaves them. Cancelled when so many are there; held before.
  const run = (most: number, isHeld = false) =>
    page.evaluate(
      async ([box, most, isHeld]) => {
        let isToHold = isHeld;
        const { floodlight } = window;
        const { models } = await floodlight.models();
        const told: unknown[] = [];
        const result = await floodlight
          .segmentVolume({
            algorithm: 'ffn',
            params: { model: models[0]?.id ?? '', maxSteps: 1, minSegmentSize: 50 },
            box,
            onProgress: ({ volume }) => {
              told.push(volume);
              if (isToHold && volume?.phase === 'objects') {
                isToHold = false;
                void floodlight.pause();
              }
              if ((volume?.objects ?? 0) >= most) floodlight.cancel();
            },
          })
          .catch((error: Error) => error.name);
        return { result, last: told.at(-1) };
      },
      [BOX, most, isHeld] as const,
    );

  const running = run(2, true);
  await expect(card(page)).toContainText('Paused', { timeout: 180_000 });
  await page.keyboard.press('p');
  expect((await running).result).toBe('AbortError');
  const kept = await ids(page);
  expect(kept.length).toBeGreaterThan(0);

  await reload(page);
  expect(await ids(page)).toEqual([]);
  const { result, last } = await run(Number.POSITIVE_INFINITY);
  if (typeof result === 'string') throw new Error(result);
  expect(last).toMatchObject({ phase: 'objects', subvolume: 0, subvolumes: 1 });
  expect(result.resumed).toBe(kept.length);
  expect(result.ids.length).toBeGreaterThan(kept.length);
  expect(await ids(page)).toEqual(result.ids);
  const inside = await page.evaluate(
    (box) =>
      window.floodlight
        .segments()
        .every(({ box: { originZyx, shapeZyx } }) =>
          originZyx.every(
            (at, axis) =>
              at >= (box.originZyx[axis] ?? 0) &&
              at + (shapeZyx[axis] ?? 0) <= (box.originZyx[axis] ?? 0) + (box.shapeZyx[axis] ?? 0),
          ),
        ),
    BOX,
  );
  expect(inside).toBe(true);

  // One step takes back all that came since it went on.
  await page.keyboard.press('Control+z');
  await expect(page.getByText('Undone: segmentation of the volume.')).toBeVisible();
  await expect.poll(() => ids(page)).toEqual([]);
  await expect.poll(() => page.evaluate(() => window.floodlight.run('redo'))).toBe(true);
  await expect.poll(() => ids(page)).toEqual(result.ids);
});
