import { cpSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from '@playwright/test';
import type { Zyx } from '../src/core/vec';
import { readFib25 } from './fixtures/fib25';
import { expect, reload, test } from './fixtures/floodlight';
import { copyToBrowser, expectFib25, fib25Folder, openForm, zipped } from './fixtures/local-copies';
import { canvas, expectOtherPicture, still } from './fixtures/workspace';

test('a folder is opened by its picker, remembered, and opened again', async ({
  page,
  openPage,
}) => {
  await page.addInitScript(() => {
    Object.assign(window, {
      showDirectoryPicker: async () =>
        (await navigator.storage.getDirectory()).getDirectoryHandle('em.zarr'),
    });
  });
  await openPage();
  await copyToBrowser(page);
  const form = await openForm(page);
  await form.getByRole('button', { name: 'Open a folder of this machine…' }).click();
  await expect(form).toBeHidden();
  await expectFib25(page, /^local:em\.zarr$/);
  expect(await page.evaluate(() => window.floodlight.run('share')), 'nobody else can open it').toBe(
    false,
  );

  await reload(page);
  const again = await openForm(page);
  await again.getByRole('button', { name: 'em.zarr', exact: true }).click();
  await expect(again).toBeHidden();
  await expectFib25(page, /^local:em\.zarr$/);
});

/** Drops a file or a folder of this machine's disk on the page, as a user does. */
async function drop(page: Page, file: string): Promise<void> {
  const client = await page.context().newCDPSession(page);
  const data = { items: [], files: [file], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await client.send('Input.dispatchDragEvent', { type, x: 500, y: 400, data });
  await client.detach();
}

const urlOf = (page: Page) => page.evaluate(() => window.floodlight.volume().url);

/** A voxel's value, or the code of what kept it from being read. */
const valueAt = (page: Page, originZyx: Zyx) =>
  page.evaluate(
    (originZyx) =>
      window.floodlight.readImage({ originZyx, shapeZyx: [1, 1, 1] }).then(
        ({ data }) => Number(data[0]),
        (error: Error & { code?: string }) => error.code,
      ),
    originZyx,
  );

const bricksFailed = (page: Page) => page.evaluate(() => window.floodlight.stats().bricksFailed);
const missingChunks = (page: Page) => page.evaluate(() => window.floodlight.stats().missingChunks);

test.describe('on this machine’s disk', () => {
  let place: string;
  let folder: string;

  test.beforeEach(() => {
    place = mkdtempSync(path.join(tmpdir(), 'floodlight-'));
    folder = path.join(place, 'em.zarr');
    const isImage = (source: string) => path.relative(fib25Folder, source) !== 'labels';
    cpSync(fib25Folder, folder, { recursive: true, filter: isImage });
  });
  test.afterEach(() => rmSync(place, { recursive: true }));

  test('a folder that is dropped and then taken away is told of once and hatched, and is read again once it is back', async ({
    page,
    openPage,
  }) => {
    // The fill value, as long as the array is there.
    rmSync(path.join(folder, '0/0/0/3'));
    await openPage();
    await drop(page, folder);
    await expect.poll(() => urlOf(page)).toBe('local:em.zarr');
    await expectFib25(page, /^local:em\.zarr$/);
    expect(await valueAt(page, [10, 10, 200]), 'a chunk that is not there').toBe(0);
    await expect.poll(() => missingChunks(page)).toBe(1);
    const fill = (originZyx: Zyx, shapeZyx: Zyx) =>
      page.evaluate(
        (box) =>
          window.floodlight.segment({
            algorithm: 'flood-fill',
            seedZyx: [125, 125, 125],
            params: { low: 0, high: 255 },
            box,
          }),
        { originZyx, shapeZyx },
      );
    const { id, voxels } = await fill([120, 120, 120], [8, 8, 8]);
    expect(voxels).toBe(512);

    renameSync(folder, `${folder}.away`);
    expect(await valueAt(page, [10, 10, 10])).toBe('SOURCE_CHANGED');
    const around = await fill([0, 0, 0], [128, 128, 128]);
    expect(around.unreadBricks).toBeGreaterThan(0);
    expect(around.voxels, 'no voxel of them').toBeLessThan(128 ** 3);
    await page.evaluate(async () => {
      const { floodlight } = window;
      await floodlight.undo();
      floodlight.goTo([10, 10, 10]);
      floodlight.setZoom(1);
      await floodlight.settled();
    });
    await expect.poll(() => bricksFailed(page)).toBeGreaterThan(0);
    await expect(page.getByText('local:em.zarr has changed on the disk')).toHaveCount(1);
    const hatched = await still(canvas(page, 'xy'));
    expect(await missingChunks(page)).toBe(1);
    const segments = () => page.evaluate(() => window.floodlight.segments());
    expect(await segments(), 'nothing is lost').toMatchObject([{ id, voxels: 512 }]);

    renameSync(`${folder}.away`, folder);
    await page.getByRole('button', { name: 'Read again what could not be read' }).click();
    await expect.poll(() => bricksFailed(page)).toBe(0);
    await expectOtherPicture(canvas(page, 'xy'), hatched);
    expect(await valueAt(page, [10, 10, 10])).toBe((await readFib25())[(10 * 250 + 10) * 250 + 10]);
    expect(await segments()).toMatchObject([{ id, voxels: 512 }]);

    const now = new Date();
    utimesSync(path.join(folder, '0/.zarray'), now, now);
    expect(await valueAt(page, [10, 200, 10]), 'another array').toBe('SOURCE_CHANGED');
  });

  test('a folder that is dropped where browsers hand out none is read by the list of its files', async ({
    page,
    openPage,
  }) => {
    await page.addInitScript(() => {
      Reflect.deleteProperty(DataTransferItem.prototype, 'getAsFileSystemHandle');
    });
    await openPage();
    await drop(page, folder);
    await expect.poll(() => urlOf(page)).toBe('local:files');
    await expectFib25(page, /^local:files$/);
    rmSync(path.join(folder, '0'), { recursive: true });
    expect(await valueAt(page, [10, 10, 10])).toBe('SOURCE_CHANGED');
  });

  test('a zip that is dropped is opened and remembered; once it is changed, it is told of', async ({
    page,
    openPage,
  }) => {
    const zip = path.join(place, 'em.zip');
    writeFileSync(zip, zipped());
    await openPage();
    await drop(page, zip);
    await expect.poll(() => urlOf(page)).toBe('local:em.zip');
    await expectFib25(page, /^local:em\.zip$/);
    // It is remembered after it is open, and the form lists what is remembered when it opens.
    await expect(async () => {
      const form = await openForm(page);
      await form
        .getByRole('button', { name: 'em.zip', exact: true })
        .waitFor({ timeout: 2000 })
        .finally(() => page.keyboard.press('Escape'));
    }).toPass();
    writeFileSync(zip, 'something else');
    expect(await valueAt(page, [10, 10, 10])).toBe('SOURCE_CHANGED');
  });
});

test('folders of one name are remembered side by side, those of the first version too', async ({
  page,
  openPage,
}) => {
  await page.addInitScript(() => {
    Object.assign(window, {
      showDirectoryPicker: async () => {
        const top = await navigator.storage.getDirectory();
        const parent = await top.getDirectoryHandle(Reflect.get(window, 'picked'));
        return parent.getDirectoryHandle('em.zarr');
      },
    });
  });
  await openPage();
  for (const parent of ['a', 'b']) await copyToBrowser(page, [parent]);
  // As the first version kept them.
  await page.evaluate(async () => {
    const top = await navigator.storage.getDirectory();
    const handle = await top.getDirectoryHandle('old.zarr', { create: true });
    await new Promise<void>((resolve, reject) => {
      const opening = indexedDB.open('floodlight', 1);
      opening.onupgradeneeded = () =>
        opening.result.createObjectStore('sources', { keyPath: 'name' });
      opening.onerror = reject;
      opening.onblocked = reject;
      opening.onsuccess = () => {
        const transaction = opening.result.transaction('sources', 'readwrite');
        transaction.onabort = reject;
        transaction.objectStore('sources').put({ name: 'old.zarr', handle, openedAt: 1 });
        transaction.oncomplete = () => {
          opening.result.close();
          resolve();
        };
      };
    });
  });
  for (const [minute, parent] of ['a', 'b', 'a'].entries()) {
    await page.clock.setFixedTime(new Date(2026, 10, 28, 12, minute));
    await page.evaluate((parent) => Object.assign(window, { picked: parent }), parent);
    const form = await openForm(page);
    await form.getByRole('button', { name: 'Open a folder of this machine…' }).click();
    await expect(form).toBeHidden();
  }
  const form = await openForm(page);
  const before = form.getByRole('region', { name: 'Opened before' });
  await expect(before.getByRole('button', { name: /^em\.zarr/ })).toHaveCount(2);
  const [newest, older] = await before.getByRole('button', { name: /^em\.zarr/ }).allTextContents();
  expect([newest, older], 'when each was opened').toEqual([
    expect.stringMatching(/^em\.zarr.*12:02/),
    expect.stringMatching(/^em\.zarr.*12:01/),
  ]);
  await expect(before.getByRole('button', { name: 'old.zarr', exact: true })).toBeVisible();

  // The second of them is b's, the only one that is left.
  await page.evaluate(async () => {
    const top = await navigator.storage.getDirectory();
    await top.removeEntry('a', { recursive: true });
  });
  await before
    .getByRole('button', { name: /^em\.zarr/ })
    .nth(1)
    .click();
  await expect(form).toBeHidden();
  await expectFib25(page, /^local:em\.zarr$/);
});

test('what was saved is opened as it came back, and what is no source is refused', async ({
  page,
  openPage,
}) => {
  await openPage();
  const opened = await page.evaluate(async () => {
    const { floodlight } = window;
    await floodlight.segment({
      algorithm: 'flood-fill',
      seedZyx: [5, 5, 5],
      params: { low: 0, high: 255 },
      box: { originZyx: [0, 0, 0], shapeZyx: [10, 10, 10] },
    });
    const top = await navigator.storage.getDirectory();
    const destination = await top.getFileHandle('mine.zip', { create: true });
    const all = [
      await floodlight.saveLabels(),
      await floodlight.saveLabels({ destination }),
      await floodlight.saveLabels({ destination: 'browser', name: 'mine' }),
    ];
    const layers: string[] = [];
    for (const saved of all) layers.push(await floodlight.addLayer(saved));
    const origins = floodlight
      .layers()
      .filter(({ id }) => layers.includes(id))
      .map(({ kind, origin }) => [kind, 'url' in origin && origin.url]);
    const volumes = [];
    for (const saved of all) {
      const { url } = await floodlight.open(saved);
      const { data } = await floodlight.readImage({ originZyx: [5, 5, 5], shapeZyx: [1, 1, 1] });
      volumes.push([url, Number(data[0])]);
    }
    const codes = [];
    for (const source of [null, 7, {}, [], true])
      for (const call of [floodlight.open, floodlight.addLayer])
        codes.push(
          await call(source as never).then(
            () => 'opened',
            (error: Error & { code?: string }) => error.code,
          ),
        );
    return { origins, volumes, codes, url: floodlight.volume().url };
  });
  const urls = ['local:labels.zip', 'local:mine.zip', 'local:mine.zarr'];
  expect(opened.origins).toEqual(urls.map((url) => ['labels', url]));
  expect(opened.volumes).toEqual(urls.map((url) => [url, 1]));
  expect(new Set(opened.codes)).toEqual(new Set(['BAD_PARAMETERS']));
  expect(opened.url, 'what was open stays').toBe('local:mine.zarr');
});
