/**
 * `npm run bench -- [suite …] [--json FILE] [--runs N] [--case TEXT] [--gpu | --yield-graphics]`: measures the production build in
 * headless Chromium, on a software adapter unless `--gpu` asks for the machine's own; with `--yield-graphics` it takes no processor from
 * the page, as a card would not. Contenders that disagree end it: nothing is reported of their case then.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Browser, chromium, type Page } from '@playwright/test';
import { build, preview } from 'vite';
import { realGpuFlags, softwareGpuFlags } from '../fixtures/chromium';
import { serveData } from '../fixtures/data-server';
import { chromiumPath, dataFolder } from '../fixtures/environment';
import { yieldGraphics } from '../fixtures/graphics-process';
import { describeMachine, type Report, type Result, resultTable, summarize } from './report';
import { servePeers } from './serve-peers';

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    runs: { type: 'string', default: '7' },
    // Part of the name of the cases to run.
    case: { type: 'string', default: '' },
    gpu: { type: 'boolean', default: false },
    'yield-graphics': { type: 'boolean', default: false },
  },
});

/** The suites as one script for the page. */
async function bundleSuites(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      write: false,
      lib: { entry: path.resolve('e2e/bench/page.ts'), formats: ['es'] },
      // One script: the page has nowhere to import others from.
      rolldownOptions: { output: { codeSplitting: false } },
    },
  });
  const [output] = Array.isArray(result) ? result : [result];
  const chunk = output && 'output' in output ? output.output[0] : undefined;
  if (!chunk) throw new Error('The suites could not be bundled.');
  return chunk.code;
}

async function openPage(browser: Browser, address: string, script: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.on('pageerror', (error) => console.error(error));
  // Long cases tell how far they are.
  page.on('console', (message) => {
    if (message.type() === 'info') console.log(message.text());
  });
  await page.goto(address);
  await page.waitForFunction(() => 'floodlight' in window);
  const failure = await page.evaluate(async () => {
    await window.floodlight.ready;
    return window.floodlight.lastError?.message;
  });
  if (failure) throw new Error(failure);
  await page.addScriptTag({ type: 'module', content: script });
  await page.waitForFunction(() => 'floodlightBench' in window);
  return page;
}

const adapterOf = (page: Page) =>
  page.evaluate(() => {
    const { adapter } = window.floodlight;
    if (!adapter) return null;
    const { vendor, architecture, description, isSoftware, features } = adapter;
    return { vendor, architecture, description, isSoftware, features: [...features] };
  });

/** Measures all cases of the wanted suites, each in a page of its own. */
async function measure(browser: Browser, address: string, dataAddress: string): Promise<Report> {
  const script = await bundleSuites();
  const first = await openPage(browser, address, script);
  const { features = [], ...adapter } = (await adapterOf(first)) ?? {};
  if (options['yield-graphics']) await yieldGraphics(browser);
  const suites = await first.evaluate(() => window.floodlightBench.suites);
  await first.close();
  const unknown = wanted.filter((name) => !suites.some((suite) => suite.name === name));
  if (unknown.length > 0) throw new Error(`There is no suite ${unknown.join(', ')}.`);

  const results: Result[] = [];
  for (const suite of suites.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    for (const { name, source } of suite.cases.filter(({ name }) => name.includes(options.case))) {
      console.log(`${suite.name}: ${name} …`);
      const query = source ? `?source=${encodeURIComponent(`${dataAddress}/${source}`)}` : '';
      const page = await openPage(browser, address + query, script);
      const series = await page.evaluate((call) => window.floodlightBench.measure(...call), [
        suite.name,
        name,
        Number(options.runs),
        dataAddress,
      ] as const);
      await page.close();
      const measured = series.map((each) =>
        summarize(each, { suite: suite.name, case: name, unit: suite.units[each.metric] ?? '' }),
      );
      results.push(...measured);
      // At once: cases that come later may fail.
      if (measured.length > 0) console.log(resultTable(measured));
    }
  }
  return {
    adapter: 'vendor' in adapter ? adapter : null,
    features,
    machine: describeMachine(browser.version()),
    date: new Date().toISOString(),
    results,
  };
}

const app = await preview({
  plugins: [servePeers],
  preview: { port: 4176, host: 'localhost' },
});
const data = await serveData(dataFolder, 0);
const browser = await chromium.launch({
  ...(chromiumPath ? { executablePath: chromiumPath } : {}),
  args: [...(options.gpu ? realGpuFlags : softwareGpuFlags)],
});
try {
  const dataAddress = data.address();
  const dataPort = dataAddress && typeof dataAddress === 'object' ? dataAddress.port : 0;
  const address = app.resolvedUrls?.local[0] ?? '';
  const report = await measure(browser, address, `http://localhost:${dataPort}`);
  const { adapter, machine, results } = report;
  const priority = options['yield-graphics'] ? ', of lowest priority' : '';
  const software = adapter?.isSoftware ? ` (software${priority})` : '';
  const words = adapter ? `${adapter.vendor} ${adapter.architecture}${software}` : 'no adapter';
  console.log(`\n${words}; ${machine}; ${report.date}\n\n${resultTable(results)}`);
  if (options.json) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
} finally {
  await browser.close();
  await app.close();
  data.close();
}
