import type { Page } from '@playwright/test';
import { neurite, readFib25, voxelsOfNeurite } from './fixtures/fib25';
import { dataSource, expect, test } from './fixtures/floodlight';
import { holdBack, LATE_CHUNK } from './fixtures/hold-back';
import { canvas, expectOtherPicture, expectPicture, still } from './fixtures/workspace';

test.describe('a network that goes away and comes back', () => {
  test.use({ allowErrors: [/net::ERR_INTERNET_DISCONNECTED|net::ERR_FAILED/] });

  test('is told of once; what was wanted comes by itself', async ({ page, context, openPage }) => {
    await openPage({ source: dataSource('fib25/em.zarr', 'slow/20') });
    await page.evaluate(() => window.floodlight.settled());
    await context.setOffline(true);
    const read = () =>
      page.evaluate(async () => {
        const { data } = await window.floodlight.readImage({
          originZyx: [10, 10, 10],
          shapeZyx: [1, 1, 1],
        });
        return Number(data[0]);
      });
    const value = read();
    const notice = page.getByText('This computer has no network.');
    await expect(notice).toHaveCount(1);
    await context.setOffline(false);
    expect(await value).toBeGreaterThan(0);
    await expect(notice).toHaveCount(0);
    expect(await page.evaluate(() => window.floodlight.lastError)).toBeNull();
  });
});

test.describe('a server that does not let other sites read it', () => {
  test.use({ allowErrors: [/CORS|net::ERR_FAILED/] });

  test('gives a word on what it has to send', async ({ page, openPage }) => {
    await openPage({ source: dataSource('fib25/em.zarr') });
    const open = (url: string, headers: Record<string, string>) =>
      page.evaluate(
        ([url, headers]) =>
          window.floodlight.open(url, { headers }).then(
            () => '',
            (error: Error) => error.message,
          ),
        [url, headers] as const,
      );
    const url = dataSource('fib25/em.zarr', 'no-cors');
    expect(await open(url, {})).toContain('“Access-Control-Allow-Origin: *”.');
    expect(await open(url, { 'X-Token': 'secret' })).toMatch(
      /“Access-Control-Allow-Origin: \*” and “Access-Control-Allow-Headers: X-Token”\.$/,
    );
  });
});

test.describe('a web page in place of a chunk', () => {
  test.use({ allowErrors: [] });

  test('is called one', async ({ page, openPage }) => {
    await openPage({ source: dataSource('fib25/em.zarr', 'page/0.1.1.1') });
    const failure = await page.evaluate(() =>
      window.floodlight.readImage({ originZyx: [80, 80, 80], shapeZyx: [1, 1, 1] }).then(
        () => null,
        (error: Error & { code?: string }) => ({ code: error.code, message: error.message }),
      ),
    );
    expect(failure).toEqual({
      code: 'WEB_PAGE',
      message: expect.stringMatching(
        /^The server answered with a web page where .*0\/1\/1\/1 should be/,
      ),
    });
  });
});

test.describe('a chunk that a server does not give', () => {
  test.use({ allowErrors: [/403|net::ERR/] });

  for (const [fault, what, expected, words] of [
    [
      'status/403',
      'since it is forbidden',
      { code: 'HTTP_STATUS', fields: { status: 403 } },
      /^The server answered 403 for .*em\.zarr\/0\/1\/1\/1: it does not let you read that\./,
    ],
    [
      'broken/0.1.1.1',
      'but breaks off in its middle',
      { code: 'SOURCE_UNREACHABLE' },
      /em\.zarr\/0\/1\/1\/1 could not be fetched: the server did not answer/,
    ],
  ] as const) {
    test(`${what} is hatched, told of, and read again on request`, async ({ page, openPage }) => {
      let isFaulty = true;
      const path = 'fib25/em.zarr/0/1/1/1';
      await page.route(`**/${path}`, (route) =>
        route.continue(isFaulty ? { url: dataSource(path, fault) } : {}),
      );
      await openPage({ source: dataSource('fib25/em.zarr') });
      await lookAt(page, [80, 80, 80]);
      const stats = () => page.evaluate(() => window.floodlight.stats());
      await expect
        .poll(async () => (await stats()).bricksFailed, { timeout: 60_000 })
        .toBeGreaterThan(0);
      await page.evaluate(() => window.floodlight.settled());
      const told = await page.evaluate(() => window.floodlight.lastError?.message ?? '');
      expect(told).toMatch(words);
      await expect(page.getByText(told)).toHaveCount(1);
      const read = () =>
        page.evaluate(() =>
          window.floodlight.readImage({ originZyx: [80, 80, 80], shapeZyx: [1, 1, 1] }).then(
            ({ data }) => Number(data[0]),
            ({ code, fields }) => ({ code, fields }),
          ),
        );
      expect(await read()).toMatchObject(expected);
      const hatched = await still(canvas(page, 'xy'));

      isFaulty = false;
      const again = page.getByRole('button', { name: 'Read again what could not be read' });
      await again.click();
      await expect.poll(async () => (await stats()).bricksFailed).toBe(0);
      await page.evaluate(() => window.floodlight.settled());
      await expect(again).toHaveCount(0);
      await expect(page.getByText(told)).toHaveCount(0);
      await expectOtherPicture(canvas(page, 'xy'), hatched);
      expect(await read()).toBe((await readFib25())[(80 * 250 + 80) * 250 + 80]);
    });
  }
});

/** One view alone, its middle there, once all is read that it shows. */
const lookAt = (page: Page, zyx: readonly [number, number, number]) =>
  page.evaluate(async (zyx) => {
    const { floodlight } = window;
    floodlight.maximize('xy');
    floodlight.goTo(zyx);
    floodlight.setZoom(5);
    await floodlight.settled();
  }, zyx);

/** Notes which devices the engine works on from now on: how many there were, and the loss of the last one. */
async function watchDevices(page: Page) {
  const engine = page.workers().find((worker) => worker.url().includes('engine.worker'));
  if (!engine) throw new Error('no engine');
  await engine.evaluate(() => {
    const { prototype } = GPUDevice;
    const { createCommandEncoder } = prototype;
    const devices = new Set<GPUDevice>();
    Object.assign(self, { devices });
    prototype.createCommandEncoder = function (...description) {
      devices.add(this);
      return createCommandEncoder.apply(this, description);
    };
  });
  return {
    count: () =>
      engine.evaluate(() => (Reflect.get(self, 'devices') as ReadonlySet<GPUDevice>).size),
    lose: () =>
      engine.evaluate(() =>
        [...(Reflect.get(self, 'devices') as ReadonlySet<GPUDevice>)].at(-1)?.destroy(),
      ),
  };
}

test('a GPU that is lost while it fills is set up again, and nothing is lost with it', async ({
  page,
  openPage,
}) => {
  const params = { backend: 'webgpu' };
  // The fill cannot end before the device is lost.
  const release = await holdBack(page, LATE_CHUNK);
  await openPage({ source: dataSource('fib25/em.zarr'), params });
  const devices = await watchDevices(page);
  const box = { originZyx: [70, 70, 70], shapeZyx: [20, 20, 20] } as const;
  const first = await page.evaluate(
    (box) =>
      window.floodlight.segment({
        algorithm: 'flood-fill',
        seedZyx: [80, 80, 80],
        params: { low: 0, high: 255 },
        box,
      }),
    box,
  );
  expect(first).toMatchObject({ voxels: 8000, backend: 'webgpu' });
  expect(await devices.count()).toBe(1);

  let isDone = false;
  const run = page
    .evaluate((seedZyx) => {
      let voxels = 0;
      Object.assign(window, { grown: () => voxels });
      return window.floodlight.segment({
        algorithm: 'flood-fill',
        seedZyx,
        params: { low: 140, high: 160 },
        onProgress: (progress) => {
          voxels = progress.voxels;
        },
      });
    }, neurite)
    .finally(() => {
      isDone = true;
    });
  const grown = () => page.evaluate(() => Number(Reflect.get(window, 'grown')()));
  await expect.poll(grown, { timeout: 60_000, intervals: [20] }).toBeGreaterThan(0);
  await devices.lose();
  expect(isDone, 'before it is lost').toBe(false);
  release();
  expect(await run).toMatchObject({
    voxels: await voxelsOfNeurite(140, 160),
    complete: true,
    backend: 'webgpu',
  });
  expect(await devices.count()).toBe(2);
  await expect(page.getByText('The GPU device was lost')).toHaveCount(1);
  const state = () =>
    page.evaluate(async ({ originZyx, shapeZyx }) => {
      const { data } = await window.floodlight.readLabels({ originZyx, shapeZyx });
      return { segments: window.floodlight.segments(), labels: Array.from(data) };
    }, box);
  const before = await state();
  expect(before.segments.map(({ voxels }) => voxels)).toEqual([8000, (await run).voxels]);
  expect(before.labels).toEqual(new Array(8000).fill(first.id));

  await lookAt(page, [80, 80, 80]);
  const picture = await still(canvas(page, 'xy'));
  await devices.lose();
  await expect.poll(devices.count, { timeout: 60_000 }).toBe(3);
  await page.evaluate(() => window.floodlight.settled());
  await expectPicture(canvas(page, 'xy'), picture);
  expect(await state()).toEqual(before);
});
