import type { Page } from '@playwright/test';
import { dataUrl } from './fixtures/environment';
import { dataSource, expect, test } from './fixtures/floodlight';
import { allThatIsKept } from './fixtures/kept';
import { expectFib25, openForm, zipped } from './fixtures/local-copies';

test('a zip is opened by its address in ranges, by the API, and by dropping it on the page', async ({
  page,
  openPage,
}) => {
  const zip = zipped();
  let served = 0;
  await page.route('**/volume.zip', async (route) => {
    const cors = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': '*' };
    const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(route.request().headers().range ?? '') ?? [];
    const [start, end] =
      first === ''
        ? [zip.length - Number(last), zip.length]
        : [Number(first ?? 0), last ? Number(last) + 1 : zip.length];
    const body = zip.subarray(start, end);
    served += body.length;
    const range = { 'Content-Range': `bytes ${start}-${end - 1}/${zip.length}` };
    await route.fulfill({ status: 206, headers: { ...cors, ...range }, body });
  });
  await openPage({ source: `${dataUrl}/volume.zip` });
  await expectFib25(page, /volume\.zip$/);
  expect(served).toBeLessThan(zip.length);

  const opened = await page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const file = new File([bytes], 'dropped.zip');
    await window.floodlight.open(new File([bytes], 'opened.zip'));
    const transfer = new DataTransfer();
    transfer.items.add(file);
    const options = { dataTransfer: transfer, bubbles: true, cancelable: true };
    window.dispatchEvent(new DragEvent('dragover', options));
    Object.assign(window, { drop: () => window.dispatchEvent(new DragEvent('drop', options)) });
    return window.floodlight.volume().url;
  }, zip.toString('base64'));
  expect(opened).toBe('local:opened.zip');
  await expect(page.getByText('Drop a folder or a zip')).toBeVisible();
  await page.evaluate(() => Reflect.get(window, 'drop')());
  await expect
    .poll(() => page.evaluate(() => window.floodlight.volume().url))
    .toBe('local:dropped.zip');
  await expectFib25(page, /^local:dropped\.zip$/);
});

test.describe('a private source', () => {
  test.use({ allowErrors: [/401/] });
  const secret = 'sesame-7431';
  const address = `${dataUrl}/private/em.zarr`;

  /** Serves fib25 to whoever has the secret, as a token, in a header or in the address, and lets browsers keep it. */
  const servePrivately = (page: Page) =>
    page.route('**/private/**', async (route) => {
      const cors = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': '*' };
      if (route.request().method() === 'OPTIONS')
        return route.fulfill({ status: 204, headers: cors });
      const { authorization, 'x-api-key': key } = route.request().headers();
      const { pathname, searchParams } = new URL(route.request().url());
      const given = [authorization?.replace('Bearer ', ''), key, searchParams.get('signature')];
      if (!given.includes(secret)) return route.fulfill({ status: 401, headers: cors });
      const url = dataUrl + pathname.replace('/private/', '/fib25/');
      return route.fulfill({ response: await route.fetch({ url }), headers: cors });
    });

  test('is opened with a token, which is kept nowhere', async ({ page, openPage }) => {
    await servePrivately(page);
    await openPage();
    const form = await openForm(page);
    await form.getByLabel('Address of an OME-Zarr').fill(address);
    await form.getByRole('button', { name: 'Open', exact: true }).click();
    await expect(form.getByRole('alert')).toContainText('401');
    await form.getByLabel('Bearer token').fill(secret);
    await form.getByRole('button', { name: 'Open', exact: true }).click();
    await expect(form).toBeHidden();
    await expectFib25(page, /private\/em\.zarr$/);
    await page.evaluate(() => window.floodlight.run('share'));
    const kept = await allThatIsKept(page);
    expect(kept, 'the address itself is remembered').toContain(address);
    expect(kept).not.toContain(secret);
  });

  test('is opened with a header of another name, which is kept nowhere either', async ({
    page,
    openPage,
  }) => {
    await servePrivately(page);
    await openPage();
    const form = await openForm(page);
    await form.getByLabel('Address of an OME-Zarr').fill(address);
    await form.getByText('Other headers').click();
    const headers = form.getByLabel('Other headers, one a line');
    await headers.fill(secret);
    await form.getByRole('button', { name: 'Open', exact: true }).click();
    await expect(form.getByRole('alert')).toContainText('a name, a colon and a value');
    await headers.fill(`X-Team: neurons\nX-Api-Key: ${secret}`);
    await form.getByRole('button', { name: 'Open', exact: true }).click();
    await expect(form).toBeHidden();
    await expectFib25(page, /private\/em\.zarr$/);
    expect(await allThatIsKept(page)).not.toContain(secret);
  });

  test('whose address is signed leaves nothing of that behind', async ({ page, openPage }) => {
    await servePrivately(page);
    await openPage();
    const form = await openForm(page);
    await form.getByLabel('Address of an OME-Zarr').fill(`${address}?signature=${secret}`);
    await form.getByRole('button', { name: 'Open', exact: true }).click();
    await expect(form).toBeHidden();
    await expectFib25(page, /signature=/);
    expect(await allThatIsKept(page)).not.toMatch(/sesame|signature/);
    await expect((await openForm(page)).getByText(address)).toHaveCount(0);

    // Wherever one were, it would be found.
    await page.evaluate(async (secret) => {
      sessionStorage.setItem('canary', `session ${secret}`);
      const file = await (await navigator.storage.getDirectory())
        .getDirectoryHandle('canary', { create: true })
        .then((folder) => folder.getFileHandle('file', { create: true }));
      const writable = await file.createWritable();
      await writable.write(`file ${secret}`);
      await writable.close();
      await (await caches.open('canary')).put('/canary', new Response(`cache ${secret}`));
      await new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('canary');
        opening.onerror = reject;
        opening.onupgradeneeded = () => opening.result.createObjectStore('store');
        opening.onsuccess = () => {
          const transaction = opening.result.transaction('store', 'readwrite');
          transaction.onabort = reject;
          transaction.objectStore('store').put({ deep: `database ${secret}` }, 1);
          transaction.oncomplete = () => resolve();
        };
      });
    }, secret);
    const kept = await allThatIsKept(page);
    for (const place of ['session', 'file', 'cache', 'database'])
      expect(kept).toContain(`${place} ${secret}`);
  });
});

test.describe('a server that is busy for a while', () => {
  test.use({ allowErrors: [/429/] });

  /** Answers 429 to all requests of chunks from the first on, for so long; tells when each was asked, in milliseconds since then. */
  async function beBusy(page: Page, milliseconds: number, headers: Record<string, string>) {
    const asked: number[] = [];
    let begin: number | undefined;
    await page.route(/em\.zarr\/\d\/\d+\/\d+\/\d+$/, async (route) => {
      begin ??= performance.now();
      const since = performance.now() - begin;
      asked.push(since);
      if (since >= milliseconds) return route.continue();
      const cors = { 'Access-Control-Allow-Origin': '*' };
      return route.fulfill({ status: 429, headers: { ...cors, ...headers } });
    });
    return asked;
  }

  /** That all has come, as if nothing had been. */
  async function expectAll(page: Page): Promise<void> {
    await expectFib25(page, /em\.zarr$/);
    const { bricksFailed, retries } = await page.evaluate(() => window.floodlight.stats());
    expect(bricksFailed).toBe(0);
    expect(retries).toBeGreaterThan(0);
    expect(await page.evaluate(() => window.floodlight.lastError)).toBeNull();
    await expect(page.locator('.status-busy')).toHaveCount(0);
  }

  test('is asked by nobody before the time it names; the page says so', async ({
    page,
    openPage,
  }) => {
    const names = { 'Retry-After': '9', 'Access-Control-Expose-Headers': 'Retry-After' };
    const asked = await beBusy(page, 1000, names);
    // Looked for from the start: the page may need most of that time to be ready.
    const said = expect(page.locator('.status-busy')).toHaveText(
      /^localhost:\d+ is busy: asked again in \d\ss$/,
      { timeout: 60_000 },
    );
    await Promise.all([said, openPage({ source: dataSource('fib25/em.zarr') })]);
    await expectAll(page);
    // What was on its way when the first answer came was refused as well, at most as many as are asked at once.
    const refused = asked.filter((since) => since < 9000);
    expect(refused.length).toBeLessThanOrEqual(8);
    expect(asked.length).toBeGreaterThan(8);
  });

  test('is left alone for longer and longer where the page may not read what it names', async ({
    page,
    openPage,
  }) => {
    const asked = await beBusy(page, 6000, { 'Retry-After': '6' });
    await openPage({ source: dataSource('fib25/em.zarr') });
    await expectAll(page);
    // After 1, 3 and 7 s, give or take a quarter.
    expect(asked.filter((since) => since < 6000).length).toBeLessThanOrEqual(3 * 8);
  });

  test('is told of in the form for sources, which can open another one meanwhile', async ({
    page,
    openPage,
  }) => {
    const busyFor = (host: string, seconds: string) =>
      page.route(`http://${host}/**`, (route) => {
        const cors = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': '*' };
        return route.fulfill({ status: 429, headers: { ...cors, 'Retry-After': seconds } });
      });
    await busyFor('closed.example', '3600');
    await busyFor('busy.example', '60');
    await openPage();
    const form = await openForm(page);
    const address = form.getByLabel('Address of an OME-Zarr');
    await address.fill('http://closed.example/a.zarr');
    await address.press('Enter');
    await expect(form.getByRole('alert')).toContainText(
      'it is busy, and asks to be left alone for 60 min. Try again after that.',
    );
    await address.fill('http://busy.example/a.zarr');
    await address.press('Enter');
    await expect(page.locator('.status-busy')).toHaveText(/^busy\.example is busy: asked again in/);
    await address.fill(dataSource('fib25/em.zarr'));
    await address.press('Enter');
    await expect(form).toBeHidden();
    await expectFib25(page, /em\.zarr$/);
    await expect(page.locator('.status-busy')).toHaveCount(0);
  });
});
