import type { Page } from '@playwright/test';
import { neurite, readFib25, voxelsOfNeurite } from './fixtures/fib25';
import { dataSource, expect, test } from './fixtures/floodlight';
import { canvas, expectOtherPicture, still } from './fixtures/workspace';

/** Opens a source and returns the typed error it ends in. */
const failure = (page: Page, url: string) =>
  page.evaluate(
    (url) =>
      window.floodlight.open(url).then(
        () => null,
        (error: Error & { code?: string; fields?: object }) => ({
          name: error.name,
          code: error.code,
          fields: error.fields,
          message: error.message,
        }),
      ),
    url,
  );

test.describe('a source that cannot be opened', () => {
  test.use({ allowErrors: [/CORS|Failed to load resource|net::ERR/] });

  test('gives a typed error and a sentence that helps, and keeps what was open', async ({
    openPage,
  }) => {
    const page = await openPage({ source: dataSource('fib25/em.zarr') });
    const cases = [
      [dataSource('fib25/em.zarr', 'no-cors'), 'SOURCE_UNREACHABLE', /CORS/],
      ['http://localhost:9/none.zarr', 'SOURCE_UNREACHABLE', /did not answer/],
      [dataSource('fib25/em.zarr', 'status/500'), 'HTTP_STATUS', /500/],
      [dataSource('fib25/nothing.zarr'), 'NOT_ZARR', /no Zarr/],
      [dataSource('fib25/em.zarr/labels'), /NOT_ZARR|BAD_METADATA/, /./],
      ['file:///etc/passwd', 'BAD_PARAMETERS', /./],
    ] as const;
    for (const [url, code, message] of cases) {
      const error = await failure(page, url);
      expect(error?.code, url).toMatch(code);
      expect(error?.message, url).toMatch(message);
      expect(await page.evaluate(() => window.floodlight.lastError?.message)).toBe(error?.message);
      await expect(page.getByText(error?.message ?? '').first()).toBeVisible();
      expect(await page.evaluate(() => window.floodlight.volume().name)).toContain('fib25');
    }
  });

  test('is told in the form it was typed into', async ({ openPage }) => {
    const page = await openPage({ source: dataSource('fib25/em.zarr') });
    await page.keyboard.press('Control+o');
    await page.getByLabel('Address of an OME-Zarr').fill(dataSource('fib25/nothing.zarr'));
    await page.keyboard.press('Enter');
    await expect(page.locator('.open-problem')).toContainText('no Zarr');
    await page.getByLabel('Address of an OME-Zarr').fill(dataSource('fib25/em.zarr/1'));
    await page.keyboard.press('Enter');
    await expect
      .poll(() => page.evaluate(() => window.floodlight.volume().shapeZyx))
      .toEqual([125, 125, 125]);
  });
});

test('a chunk that is missing is the fill value, and is counted', async ({ openPage }) => {
  const page = await openPage({ source: dataSource('fib25/em.zarr', 'missing-chunk/0.1.1.1') });
  const values = await page.evaluate(async () => {
    const { data } = await window.floodlight.readImage({
      originZyx: [60, 80, 80],
      shapeZyx: [8, 1, 1],
    });
    return Array.from<number | bigint>(data);
  });
  expect(values.slice(4)).toEqual([0, 0, 0, 0]);
  expect(values[0]).toBeGreaterThan(0);
  await expect
    .poll(() => page.evaluate(() => window.floodlight.stats().missingChunks))
    .toBeGreaterThan(0);
});

test('a truncated chunk fails with its name, and everything else goes on', async ({ openPage }) => {
  const page = await openPage({ source: dataSource('fib25/em.zarr', 'truncated/0.1.1.1') });
  const read = (originZyx: [number, number, number]) =>
    page.evaluate(
      (originZyx) =>
        window.floodlight.readImage({ originZyx, shapeZyx: [1, 1, 1] }).then(
          ({ data }) => Number(data[0]),
          (error: Error & { code?: string; fields?: object }) => ({
            code: error.code,
            fields: error.fields,
          }),
        ),
      originZyx,
    );
  expect(await read([80, 80, 80])).toMatchObject({
    code: 'CHUNK_FAILED',
    fields: { chunk: expect.stringMatching(/1.1.1/) },
  });
  expect(await read([10, 10, 10])).toBeGreaterThan(0);
  const filled = await page.evaluate(() =>
    window.floodlight.segment({
      algorithm: 'flood-fill',
      seedZyx: [10, 10, 10],
      params: { low: 0, high: 255 },
      box: { originZyx: [0, 0, 0], shapeZyx: [20, 20, 20] },
    }),
  );
  expect(filled.voxels).toBe(8000);
});

test('a chunk that is damaged for a while is hatched and counted, and read again on request', async ({
  page,
  openPage,
}) => {
  let damaged = true;
  await page.route('**/em.zarr/0/1/1/1', async (route) => {
    const response = await route.fetch();
    const body = await response.body();
    if (damaged) body.fill(0x5a, body.length >> 1);
    await route.fulfill({ response, body });
  });
  await openPage({ source: dataSource('fib25/em.zarr') });
  await page.evaluate(async () => {
    const { floodlight } = window;
    floodlight.maximize('xy');
    floodlight.goTo([80, 80, 80]);
    floodlight.setZoom(5);
    await floodlight.settled();
  });
  const stats = () => page.evaluate(() => window.floodlight.stats());
  await expect.poll(async () => (await stats()).bricksFailed).toBeGreaterThan(0);
  await expect
    .poll(() => page.evaluate(() => window.floodlight.lastError?.message))
    .toMatch(/^Chunk 1\/1\/1 of .*em\.zarr\/0 could not be read \(blosc\)/);
  const fill = () =>
    page.evaluate(
      (seedZyx) =>
        window.floodlight.segment({
          algorithm: 'flood-fill',
          seedZyx,
          params: { low: 140, high: 255 },
        }),
      neurite,
    );
  const around = await fill();
  expect(around).toMatchObject({ complete: false, voxels: expect.any(Number) });
  expect(around.unreadBricks).toBeGreaterThan(0);
  await page.evaluate((id) => window.floodlight.remove(id), around.id);
  await page.evaluate(() => window.floodlight.settled());
  const hatched = await still(canvas(page, 'xy'));

  damaged = false;
  await page.getByRole('button', { name: 'Read again what could not be read' }).click();
  await expect.poll(async () => (await stats()).bricksFailed).toBe(0);
  await page.evaluate(() => window.floodlight.settled());
  await expect(page.getByRole('button', { name: /Read again/ })).toHaveCount(0);
  await expectOtherPicture(canvas(page, 'xy'), hatched);
  const probe = () => page.evaluate(() => window.floodlight.probe([80, 80, 80]));
  expect((await probe()).value).toBe((await readFib25())[(80 * 250 + 80) * 250 + 80]);
  const whole = await fill();
  expect(whole).toMatchObject({ complete: true, unreadBricks: 0 });
  expect(whole.voxels).toBe(await voxelsOfNeurite(140, 255));
  expect(whole.voxels).toBeGreaterThan(around.voxels);
});

test.describe('a server that fails for a while', () => {
  test.use({ allowErrors: [/500/] });

  test('is said once, for all bricks, until they are read again', async ({ page, openPage }) => {
    let isFailing = true;
    let lastAsked = performance.now();
    await page.route(/em\.zarr\/\d\/\d+\/\d+\/\d+$/, (route) => {
      lastAsked = performance.now();
      return isFailing
        ? route.fulfill({ status: 500, headers: { 'Access-Control-Allow-Origin': '*' } })
        : route.continue();
    });
    await openPage({ source: dataSource('fib25/em.zarr') });
    const notices = page.locator('.notice');
    await expect(notices).toHaveText(
      /^\d\d+ bricks could not be read: The server answered 500 for .*: something is wrong there\./,
      { timeout: 60_000 },
    );
    await page.evaluate(() => window.floodlight.settled());
    await expect(notices).toHaveCount(1);
    const bars = page.locator('.histogram rect');
    await expect(bars).toHaveCount(0);
    // All have given up, the histogram too, of which nothing is seen meanwhile: they wait for two seconds at most.
    await expect
      .poll(() => performance.now() - lastAsked, { timeout: 60_000 })
      .toBeGreaterThan(4000);

    isFailing = false;
    await page.getByRole('button', { name: 'Read again what could not be read' }).click();
    await expect(notices).toHaveCount(0);
    await expect(bars).not.toHaveCount(0);
    await expect(page.locator('.status-failed')).toHaveCount(0);
  });
});

test('a seed outside the range and an unknown segment are typed errors', async ({ openPage }) => {
  const page = await openPage({ source: dataSource('fib25/em.zarr') });
  const codes = await page.evaluate(async () => {
    const code = (promise: Promise<unknown>) =>
      promise.then(
        () => 'none',
        (error: Error & { code?: string }) => error.code,
      );
    const { floodlight } = window;
    const fill = { algorithm: 'flood-fill', seedZyx: [39, 248, 240] } as const;
    return [
      await code(floodlight.segment({ ...fill, params: { low: 0, high: 1 } })),
      await code(
        floodlight.segment({ ...fill, seedZyx: [250, 0, 0], params: { low: 0, high: 1 } }),
      ),
      await code(floodlight.mesh(77)),
      await code(floodlight.readLabels({ originZyx: [0, 0, 0], shapeZyx: [1e9, 1e9, 1e9] })),
    ];
  });
  expect(codes).toEqual([
    'SEED_OUTSIDE_RANGE',
    'OUTSIDE_VOLUME',
    'UNKNOWN_SEGMENT',
    'BAD_PARAMETERS',
  ]);
});
