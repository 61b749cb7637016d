import { dataSource, expect, test } from './fixtures/floodlight';

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
