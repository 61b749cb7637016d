import type { Page } from '@playwright/test';
import { dataSource, expect, ready, reload, test } from './fixtures/floodlight';
import { runByPalette } from './fixtures/workspace';

const source = dataSource('fib25/em.zarr', 'kept');
/** Small, and never kept. */
const other = dataSource('times-channels.zarr');
/** Reads all chunks that there are, since views read ahead of what they show. */
const readAll = (page: Page) =>
  page.evaluate(async () => {
    for (const [level, { shapeZyx }] of window.floodlight.volume().levels.entries())
      await window.floodlight.readImage({ originZyx: [0, 0, 0], shapeZyx, level });
  });

const isChunk = (url: string) => /em\.zarr\/\d+\/\d+\/\d+\/\d+$/.test(url);

/** The chunks that any page of a browser asks a server for from now on. */
function noteChunks(page: Page): string[] {
  const chunks: string[] = [];
  page.context().on('request', (request) => {
    if (isChunk(request.url())) chunks.push(request.url());
  });
  return chunks;
}

test('chunks that were read stay on disk: after a reload none is asked for, until they are cleared', async ({
  openPage,
}) => {
  const page = await openPage({ source: other });
  const stats = () => page.evaluate(() => window.floodlight.stats());
  const settled = () => page.evaluate(() => window.floodlight.settled());
  const chunks = noteChunks(page);
  const open = (url: string) => page.evaluate((url) => window.floodlight.open(url), url);
  await open(source);
  await readAll(page);
  await expect.poll(() => new Set(chunks).size).toBeGreaterThan(64);
  await readsWhatIsKept(page, chunks);

  await reload(page);
  // It has the files of the one before.
  await expect.poll(async () => (await stats()).diskBytes).toBeGreaterThan(2 ** 20);
  chunks.length = 0;
  await open(source);
  await settled();
  expect(chunks).toEqual([]);
  await expect.poll(async () => (await stats()).diskHits).toBeGreaterThan(0);
  const { diskBytes, diskBudgetBytes, bricksFailed } = await stats();
  expect(bricksFailed).toBe(0);
  expect(diskBytes).toBeLessThanOrEqual(diskBudgetBytes);

  await runByPalette(page, 'taken of GPU', 'Set what may be taken of GPU');
  const form = page.getByRole('dialog', { name: 'Budgets' });
  await form.getByRole('button', { name: 'Clear the cache' }).click();
  await expect.poll(async () => (await stats()).diskBytes).toBe(0);
  await form.getByRole('slider', { name: 'Budget: Disk' }).press('Home');
  await expect.poll(async () => (await stats()).diskBudgetBytes).toBe(0);
  await open(source);
  await settled();
  await expect.poll(() => chunks.length).toBeGreaterThan(0);
  expect((await stats()).diskBytes).toBe(0);
});

test('a full disk is told once, and reading goes on', async ({ openPage }) => {
  const page = await openPage({ source: other });
  const stats = () => page.evaluate(() => window.floodlight.stats());
  const browser = await page.context().newCDPSession(page);
  const { origin } = new URL(page.url());
  const { usage } = await browser.send('Storage.getUsageAndQuota', { origin });
  await browser.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: usage + 3 * 2 ** 20 });
  await page.evaluate((url) => window.floodlight.open(url), source);
  await page.evaluate(() => window.floodlight.settled());
  await expect(page.getByText('gives this page no more disk')).toHaveCount(1);
  const { bricksFailed, diskBytes } = await stats();
  expect(bricksFailed).toBe(0);
  expect(diskBytes).toBeLessThanOrEqual(usage + 3 * 2 ** 20);
  const value = await page.evaluate(
    async () => (await window.floodlight.probe([125, 125, 125])).value,
  );
  expect(value).not.toBeNull();
});

const stats = (page: Page) => page.evaluate(() => window.floodlight.stats());
/** Opens the volume again and waits until all is read that views show. */
const view = (page: Page) =>
  page.evaluate(async (url) => {
    await window.floodlight.open(url);
    await window.floodlight.settled();
  }, source);

/**
 * Waits until a page asks the server for no chunk where it opens the volume anew and reads all of it: then all are on the disk. What
 * is read before a page has its files there is not.
 */
const readsWhatIsKept = (page: Page, chunks: string[]) =>
  expect(async () => {
    chunks.length = 0;
    await view(page);
    await readAll(page);
    expect(chunks).toEqual([]);
  }).toPass();

/** Two pages of which the first was there before, all that there is kept by it; and the chunks asked for since. */
async function openTwo(openPage: (options: { source: string }) => Promise<Page>, first: Page) {
  const chunks = noteChunks(first);
  await first.goto(`/?${new URLSearchParams({ source })}`);
  await ready(first);
  await readAll(first);
  await readsWhatIsKept(first, chunks);
  await expect.poll(async () => (await stats(first)).diskBytes).toBeGreaterThan(2 ** 20);
  const second = await openPage({ source });
  // While the first page takes long to answer, the second one does without it.
  await readsWhatIsKept(second, chunks);
  await expect.poll(async () => (await stats(second)).diskHits).toBeGreaterThan(0);
  return { second, chunks };
}

test('a second page has the cache of the first, and keeps it when that one closes', async ({
  openPage,
  context,
}) => {
  test.slow();
  const first = await context.newPage();
  const { second, chunks } = await openTwo(openPage, first);
  await expect
    .poll(async () => (await stats(second)).diskBytes - (await stats(first)).diskBytes)
    .toBe(0);
  // What the user says in one page holds for both.
  await second.evaluate(() => window.floodlight.setBudgets({ diskBytes: 2 ** 27 }));
  await expect.poll(async () => (await stats(first)).diskBudgetBytes).toBe(2 ** 27);

  await first.close();
  await readsWhatIsKept(second, chunks);
  await expect.poll(async () => (await stats(second)).diskBytes).toBeGreaterThan(2 ** 20);
  await second.evaluate(() => window.floodlight.clearDiskCache());
  await expect.poll(async () => (await stats(second)).diskBytes).toBe(0);
  await view(second);
  await expect.poll(() => chunks.length).toBeGreaterThan(0);
});

test('a page takes the cache over from one that crashes', async ({ openPage, context }) => {
  test.slow();
  const first = await context.newPage();
  const { second, chunks } = await openTwo(openPage, first);
  const browser = await context.newCDPSession(first);
  const crashed = first.waitForEvent('crash');
  // Nobody is left to answer it.
  void browser.send('Page.crash').catch(() => {});
  await crashed;
  await readsWhatIsKept(second, chunks);
});
