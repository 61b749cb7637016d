import type { Page } from '@playwright/test';
import { dataSource, expect, test } from './fixtures/floodlight';
import { openForm } from './fixtures/local-copies';

const SLOW = `http://slow.example/${'far/'.repeat(30)}em.zarr`;
const BUSY = 'http://busy.example/em.zarr';

/** A host that never answers, and one that is busy for a minute; tells what was given up of the first. */
async function serveSlowly(page: Page) {
  const givenUp: string[] = [];
  page.on('requestfailed', (request) => {
    if (request.url().startsWith('http://slow.example/')) givenUp.push(request.url());
  });
  await page.route('http://slow.example/**', () => {});
  await page.route('http://busy.example/**', (route) => {
    const cors = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': '*' };
    return route.fulfill({ status: 429, headers: { ...cors, 'Retry-After': '60' } });
  });
  return givenUp;
}

test.use({ allowErrors: [/429|ERR_FAILED/] });

test('a layer that is waited for says why, is called off, and keeps no other one waiting', async ({
  page,
  openPage,
}) => {
  const givenUp = await serveSlowly(page);
  await openPage({ source: dataSource('fib25/em.zarr') });
  const ids = () => page.evaluate(() => window.floodlight.layers().map(({ id }) => id));
  const before = await ids();
  await page.getByRole('button', { name: 'Add a layer…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a layer' });
  const address = dialog.getByLabel(/^Address/);
  const add = dialog.getByRole('button', { name: 'Add', exact: true });

  await address.fill(SLOW);
  await address.press('Enter');
  await expect(dialog.getByText('slow.example has not answered yet')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Adding…' })).toBeDisabled();
  await address.fill(BUSY);
  await add.click();
  await expect(dialog.getByText(/^busy\.example is busy: asked again in \d+\ss$/)).toBeVisible();
  // Another one is added meanwhile, and the dialog stays for the two.
  await address.fill(dataSource('fib25/em.zarr/labels/supervoxels'));
  await add.click();
  await expect.poll(async () => (await ids()).length).toBe(before.length + 1);
  await expect(dialog.getByRole('button', { name: /^Cancel / })).toHaveCount(2);

  const cancel = dialog.getByRole('button', { name: `Cancel ${BUSY}` });
  await expect(cancel).toBeInViewport({ ratio: 1 });
  await cancel.click();
  await expect(dialog.getByText('busy.example')).toHaveCount(0);
  expect(givenUp).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(dialog.getByText('slow.example')).toHaveCount(0);
  await expect.poll(() => givenUp.length).toBeGreaterThan(0);
  await expect(dialog.getByRole('alert')).toHaveCount(0);
  await expect(address).toBeEnabled();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  expect((await ids()).length).toBe(before.length + 1);
});

test('what is opened is called off in the form for sources, and by the API', async ({
  page,
  openPage,
}) => {
  const givenUp = await serveSlowly(page);
  await openPage({ source: dataSource('fib25/em.zarr') });
  const form = await openForm(page);
  await form.getByLabel('Address of an OME-Zarr').fill(SLOW);
  await page.keyboard.press('Enter');
  await expect(form.getByText('slow.example has not answered yet')).toBeVisible();
  const cancel = form.getByRole('button', { name: `Cancel ${SLOW}` });
  await expect(cancel).toBeInViewport({ ratio: 1 });
  await cancel.click();
  await expect(form.getByText('slow.example')).toHaveCount(0);
  await expect(form.getByRole('button', { name: 'Open', exact: true })).toBeEnabled();
  await expect.poll(() => givenUp.length).toBeGreaterThan(0);

  const calledOff = await page.evaluate(async (source) => {
    const { floodlight } = window;
    const names: string[] = [];
    for (const begin of [
      (signal: AbortSignal) => floodlight.open(source, { signal }),
      (signal: AbortSignal) => floodlight.addLayer(source, { signal }),
    ]) {
      const abort = new AbortController();
      const opening = begin(abort.signal).catch((error: Error) => names.push(error.name));
      setTimeout(() => abort.abort(), 100);
      await opening;
    }
    return { names, layers: floodlight.layers().length, url: floodlight.volume().url };
  }, SLOW);
  expect(calledOff).toEqual({
    names: ['AbortError', 'AbortError'],
    layers: 2,
    url: dataSource('fib25/em.zarr'),
  });
  expect(await page.evaluate(() => window.floodlight.lastError)).toBeNull();
});
