import { defineConfig } from '@playwright/test';
import { chromiumLaunch, softwareGpuFlags } from './e2e/fixtures/chromium';
import { appPort, appUrl, dataUrl } from './e2e/fixtures/environment';

export default defineConfig({
  testDir: 'e2e',
  testMatch: '*.spec.ts',
  outputDir: 'test-results',
  // One page at a time: they share a software adapter on few cores, and some tests measure.
  workers: 1,
  // A test that passes now and then is a failure.
  retries: 0,
  // Reached by what fails alone: a machine that is busy with other things takes many times as long as an idle one.
  timeout: 180_000,
  expect: { timeout: 20_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: [['line'], ['json', { outputFile: '.cache/browser.json' }]],
  use: {
    baseURL: appUrl,
    viewport: { width: 1440, height: 900 },
    screenshot: 'only-on-failure',
    launchOptions: chromiumLaunch(softwareGpuFlags),
  },
  webServer: [
    {
      name: 'app',
      command: 'node .ci/start.mjs',
      url: appUrl,
      env: { PORT: String(appPort) },
      timeout: 300_000,
    },
    {
      name: 'data',
      command: 'node --import tsx e2e/fixtures/data-server-main.ts',
      url: `${dataUrl}/fib25/em.zarr/.zattrs`,
      timeout: 60_000,
    },
  ],
});
