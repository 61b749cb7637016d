import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { unzipSync } from 'fflate';
import { readShards } from '../src/exporters/testing/shard-checker';
import { dataSource, expect, test } from './fixtures/floodlight';

const SIZE = 250;
const SAVED = { timeout: 60_000 };

type Files = ReadonlyMap<string, Uint8Array>;

/** Files below a folder of the browser's own storage, by their paths below it. */
async function filesIn(page: Page, folder: string): Promise<Files> {
  const files = await page.evaluate(async (path) => {
    const base64 = (file: File) =>
      new Promise<string>((resolve, reject) => {
        const reader = new FileReader();
        // Listed, and removed before it was read.
        reader.onerror = () => reject(reader.error);
        reader.onload = () => resolve(String(reader.result).split(',')[1] ?? '');
        reader.readAsDataURL(file);
      });
    const found: [string, string][] = [];
    const walk = async (folder: FileSystemDirectoryHandle, below: string): Promise<void> => {
      for await (const handle of folder.values())
        if (handle.kind === 'directory')
          await walk(handle as FileSystemDirectoryHandle, `${below}${handle.name}/`);
        else
          found.push([
            below + handle.name,
            await base64(await (handle as FileSystemFileHandle).getFile()),
          ]);
    };
    let top = await navigator.storage.getDirectory();
    for (const segment of path.split('/'))
      top = await top.getDirectoryHandle(segment, { create: true });
    await walk(top, '');
    return found;
  }, folder);
  return new Map(files.map(([path, data]) => [path, new Uint8Array(Buffer.from(data, 'base64'))]));
}

/** Where the finest level lies, as the root's metadata have it. */
const finestOf = (files: Files): string =>
  JSON.parse(new TextDecoder().decode(files.get('zarr.json'))).attributes.ome.multiscales[0]
    .datasets[0].path;

/** Whether a saved segmentation is what the page holds, voxel for voxel. */
async function expectLabels(page: Page, files: Files): Promise<void> {
  const [segment] = await page.evaluate(() => window.floodlight.segments());
  if (!segment) throw new Error('no segment');
  const saved = await readShards(files, finestOf(files));
  expect(saved.length).toBe(SIZE ** 3);
  const { originZyx, shapeZyx } = segment.box;
  const read = await page.evaluate(async (box) => {
    const { data } = await window.floodlight.readLabels(box);
    return Array.from(data);
  }, segment.box);
  const inside = read.map((_, at) => {
    const z = originZyx[0] + Math.floor(at / (shapeZyx[1] * shapeZyx[2]));
    const y = originZyx[1] + (Math.floor(at / shapeZyx[2]) % shapeZyx[1]);
    return saved[(z * SIZE + y) * SIZE + originZyx[2] + (at % shapeZyx[2])];
  });
  expect(inside).toEqual(read);
  expect(saved.filter((id) => id !== 0).length).toBe(segment.voxels);
}

test('labels are saved to a folder, again in its place, to a zip, and in the browser, and a save that is cancelled changes nothing', async ({
  page,
  openPage,
}) => {
  // Handles of the browser's own storage are as those that pickers give.
  await page.addInitScript(() => {
    const top = () => navigator.storage.getDirectory();
    Object.assign(window, {
      showDirectoryPicker: async () => (await top()).getDirectoryHandle('picked', { create: true }),
      showSaveFilePicker: async ({ suggestedName }: { suggestedName: string }) =>
        (await top()).getFileHandle(suggestedName, { create: true }),
    });
  });
  await openPage({ source: dataSource('fib25/em.zarr'), params: { backend: 'cpu' } });
  await page.evaluate(() =>
    window.floodlight.segment({
      algorithm: 'flood-fill',
      seedZyx: [39, 140, 60],
      params: { low: 150, high: 255 },
      box: { originZyx: [20, 100, 40], shapeZyx: [50, 60, 50] },
    }),
  );
  await expect.poll(() => page.evaluate(() => window.floodlight.segments().length)).toBe(1);

  await page.keyboard.press('Control+Shift+s');
  const dialog = page.getByRole('dialog', { name: 'Save labels' });
  await dialog.getByRole('radio', { name: 'folder' }).click();
  await dialog.getByLabel('Name').fill('a name / of no file');
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(dialog.getByRole('alert')).toContainText('no name of a file');
  await dialog.getByLabel('Name').fill('mine');
  await dialog.getByRole('radio', { name: 'blosc' }).click();
  await dialog.getByRole('radio', { name: '64 bits' }).click();
  await dialog.getByRole('radio', { name: '32', exact: true }).click();
  const { violations } = await new AxeBuilder({ page }).include('.save-dialog').analyze();
  expect(violations).toEqual([]);
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(dialog).toBeHidden(SAVED);
  await expect(page.getByText('Labels saved as mine.zarr in picked.')).toBeVisible();
  const first = await filesIn(page, 'picked/mine.zarr');
  expect(finestOf(first)).toBe('floodlight-1/0');
  expect(new TextDecoder().decode(first.get('floodlight-1/0/zarr.json'))).toContain('uint64');
  await expectLabels(page, first);

  // Once more, to the same place, with nothing asked; it takes the place of what was there.
  await page.keyboard.press('Control+s');
  const tops = async () => {
    // While the earlier save is removed, what was listed may be gone.
    const files = await filesIn(page, 'picked/mine.zarr').catch(() => new Map());
    return [...new Set([...files.keys()].map((path) => path.split('/')[0]))].sort();
  };
  await expect.poll(tops, SAVED).toEqual(['floodlight-2', 'zarr.json']);
  // Until it has ended this says how far it is.
  await expect(page.locator('.saved-state')).toHaveText(/^Saved/);
  const second = await filesIn(page, 'picked/mine.zarr');
  await expectLabels(page, second);

  // Cancelled on its way: as soon as the page says that it has begun. A timer of a busy page may come after its end.
  const cancelled = await page.evaluate(async () => {
    const abort = new AbortController();
    const picked = await (await navigator.storage.getDirectory()).getDirectoryHandle('picked');
    const state = document.querySelector('.saved-state');
    if (!state) throw new Error('nothing says whether it is saved');
    new MutationObserver(() => {
      if (state.textContent?.startsWith('Saving')) abort.abort();
    }).observe(state, { subtree: true, childList: true, characterData: true });
    return window.floodlight
      .saveLabels({ destination: picked, name: 'mine', signal: abort.signal })
      .then(String, (error: Error) => error.name);
  });
  expect(cancelled).toBe('AbortError');
  expect(await filesIn(page, 'picked/mine.zarr')).toEqual(second);

  expect(await page.evaluate(() => window.floodlight.run('save-labels-zip'))).toBe(true);
  await expect(page.getByText(/^Labels saved as mine\.zarr\.zip\./)).toBeVisible(SAVED);
  const zip = await page.evaluate(async () => {
    const top = await navigator.storage.getDirectory();
    const file = await (await top.getFileHandle('mine.zarr.zip')).getFile();
    return [...new Uint8Array(await file.arrayBuffer())];
  });
  await expectLabels(page, new Map(Object.entries(unzipSync(Uint8Array.from(zip)))));

  const kept = await page.evaluate(async () => {
    const handle = await window.floodlight.saveLabels({ destination: 'browser', name: 'kept' });
    const all = await window.floodlight.savedLabels();
    return [handle.name, ...all.map(({ name }) => name)];
  });
  expect(kept).toEqual(['kept.zarr', 'kept.zarr']);
  await expectLabels(page, await filesIn(page, 'floodlight/labels/kept.zarr'));
  await page.keyboard.press('Control+Shift+s');
  await dialog.getByRole('radio', { name: 'browser' }).click();
  await dialog.getByRole('button', { name: 'Remove kept.zarr' }).click();
  await expect.poll(() => page.evaluate(() => window.floodlight.savedLabels())).toEqual([]);

  // What was saved last is shown as a layer, and again once it is saved over.
  await page.keyboard.press('Escape');
  const shown = () =>
    page.evaluate(() =>
      window.floodlight
        .layers()
        .map(({ name, kind, opacity }) => ({ name, kind, opacity }))
        .filter(({ name }) => name === 'mine'),
    );
  expect(await page.evaluate(() => window.floodlight.run('show-saved'))).toBe(true);
  await expect.poll(async () => (await shown()).length, SAVED).toBe(1);
  await page.evaluate(async () => {
    const { floodlight } = window;
    const [layer] = floodlight.layers().filter(({ name }) => name === 'mine');
    floodlight.setLayer(layer?.id ?? '', { opacity: 0.25 });
    const top = await navigator.storage.getDirectory();
    await floodlight.saveLabels({ destination: await top.getFileHandle('mine.zarr.zip') });
    await floodlight.settled();
  });
  expect(await shown()).toEqual([{ name: 'mine', kind: 'labels', opacity: 0.25 }]);
  const lastError = await page.evaluate(() => window.floodlight.lastError?.message);
  expect(lastError, 'none since the name').toContain('no name of a file');

  // What was saved opens again, from its folder.
  const reopened = await page.evaluate(async () => {
    const { floodlight } = window;
    const [segment] = floodlight.segments();
    const picked = await (await navigator.storage.getDirectory()).getDirectoryHandle('picked');
    const { dtype, levels } = await floodlight.open(await picked.getDirectoryHandle('mine.zarr'));
    const { data } = await floodlight.readImage({
      originZyx: segment?.seedZyx ?? [0, 0, 0],
      shapeZyx: [1, 1, 1],
    });
    return { dtype, levels: levels.length, id: Number(data[0]), expected: segment?.id };
  });
  expect(reopened).toMatchObject({ dtype: 'uint64', levels: 3, id: reopened.expected });
});

test('what was saved is read as the layer that shows it, which a save over it keeps, and no other of its name', async ({
  openPage,
}) => {
  const page = await openPage({
    source: dataSource('fib25/em.zarr'),
    params: { backend: 'cpu' },
  });
  const fill = (low: number) =>
    page.evaluate(
      (low) =>
        window.floodlight.segment({
          algorithm: 'flood-fill',
          seedZyx: [39, 140, 60],
          params: { low, high: 255 },
          box: { originZyx: [20, 100, 40], shapeZyx: [50, 60, 50] },
        }),
      low,
    );
  await fill(150);
  const { foreign, id } = await page.evaluate(async () => {
    const { floodlight } = window;
    const top = await navigator.storage.getDirectory();
    const elsewhere = await top.getDirectoryHandle('elsewhere', { create: true });
    const saved = await floodlight.saveLabels({ destination: elsewhere, name: 'mine' });
    return {
      foreign: await floodlight.addLayer(saved, { kind: 'labels' }),
      id: await floodlight.addLayer(
        await floodlight.saveLabels({ destination: 'browser', name: 'mine' }),
        { kind: 'labels', opacity: 0.25 },
      ),
    };
  });
  /** Ids of a layer where they are not those of the page, and how many voxels have one. */
  const compared = (layer: string) =>
    page.evaluate(async (layer) => {
      const { floodlight } = window;
      const box = { originZyx: [0, 80, 20], shapeZyx: [100, 100, 100] } as const;
      const [read, own] = await Promise.all([
        floodlight.readStoredLabels({ ...box, layer }),
        floodlight.readLabels(box),
      ]);
      const { count, voxels } = await floodlight.components({ layer, connectivity: 6 });
      return {
        different: own.data.filter((label, at) => label !== Number(read.data[at])).length,
        labelled: [...read.data].filter((label) => Number(label) !== 0).length,
        count,
        voxels,
      };
    }, layer);
  const segments = () => page.evaluate(() => window.floodlight.segments());
  const [first] = await segments();
  const once = { different: 0, labelled: first?.voxels, count: 1, voxels: first?.voxels };
  expect(await compared(foreign)).toEqual(once);
  expect(await compared(id)).toEqual(once);

  await page.evaluate(async () => {
    const [segment] = window.floodlight.segments();
    if (segment) await window.floodlight.remove(segment.id);
  });
  await fill(140);
  const layers = await page.evaluate(() => window.floodlight.layers());
  await page.evaluate(() => window.floodlight.saveLabels({ destination: 'browser', name: 'mine' }));
  expect(await page.evaluate(() => window.floodlight.layers())).toEqual(layers);
  const [second] = await segments();
  expect(second?.voxels).not.toBe(first?.voxels);
  expect(await compared(id)).toMatchObject({ different: 0, labelled: second?.voxels });
  // It lies in another folder of that name, and is what it was.
  expect(await compared(foreign)).toMatchObject({ labelled: first?.voxels, count: 1 });
});
