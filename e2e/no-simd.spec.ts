import { chromiumLaunch, noSimdFlags } from './fixtures/chromium';
import { dataSource, expect, test } from './fixtures/floodlight';

test.use({ launchOptions: chromiumLaunch(noSimdFlags) });

test('a browser without WebAssembly SIMD is told so, in a word and by a typed error', async ({
  openPage,
}) => {
  const page = await openPage({ source: dataSource('fib25/em.zarr') });
  await expect(page.getByText(/WebAssembly SIMD/).first()).toBeVisible();
  const refused = await page.evaluate(() =>
    window.floodlight
      .readImage({ originZyx: [0, 0, 0], shapeZyx: [1, 1, 1] })
      .catch((error: Error & { code?: string; fields?: object }) => [error.code, error.fields]),
  );
  expect(refused).toEqual(['UNSUPPORTED_BROWSER', { feature: 'WebAssembly SIMD' }]);
});
