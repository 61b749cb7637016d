import { readFile } from 'node:fs/promises';
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import type { ModelFile } from '../src/models/model-files';
import { writeBundle } from '../src/models/testing-bundle';
import { randomNetwork, tensorsOf } from '../src/models/testing-network';
import { dataFolder } from './fixtures/environment';
import { dataSource, expect, reload, test } from './fixtures/floodlight';

const PREFIX = 'model.ckpt-27465036';
const NAMES = [`${PREFIX}.index`, `${PREFIX}.data-00000-of-00001`];
const ID = '0fe5a823dc8ac106';
/** Of a network, that all of it is read, checked and kept. */
const IMPORTED = { timeout: 60_000 };

const published = (): Promise<ModelFile[]> =>
  Promise.all(
    NAMES.map(async (name) => ({
      name,
      bytes: await readFile(path.join(dataFolder, 'ffn-fib25', name)),
    })),
  );

/** Drops files on the page, as from a folder's window. */
async function drop(page: Page, files: readonly ModelFile[]): Promise<void> {
  const sent = files.map(({ name, bytes }) => ({
    name,
    data: Buffer.from(bytes).toString('base64'),
  }));
  await page.evaluate(async (dropped) => {
    const transfer = new DataTransfer();
    for (const { name, data } of dropped) {
      const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
      transfer.items.add(new File([bytes], name));
    }
    const event = new DragEvent('drop', {
      dataTransfer: transfer,
      bubbles: true,
      cancelable: true,
    });
    document.body.dispatchEvent(event);
  }, sent);
}

const models = (page: Page) => page.evaluate(() => window.floodlight.models());
const openDialog = async (page: Page) => {
  await page.evaluate(() => window.floodlight.run('models'));
  return page.getByRole('dialog', { name: 'Models' });
};

test("google/ffn's checkpoint is dropped, listed with its facts, kept over a reload, saved, removed, and comes back from safetensors", async ({
  page,
  openPage,
}) => {
  await openPage();
  await drop(page, await published());
  const dialog = page.getByRole('dialog', { name: 'Models' });
  const row = dialog.getByRole('button', { name: /^FIB-25/ });
  await expect(row).toContainText('depth 12 · 32 features · 33³ by 8³ · 10×10×10 nm', IMPORTED);
  await expect(dialog.getByLabel('Source')).toHaveValue(`google/ffn, models/fib25/${PREFIX}`);
  await expect(dialog.getByLabel('Licence')).toHaveValue('Apache-2.0');
  await expect(dialog.getByLabel('Mean of the image')).toHaveValue('128');
  await expect(dialog.getByLabel('Deviation of the image')).toHaveValue('33');
  const imported = await models(page);
  expect(imported).toMatchObject({ damaged: [], isKept: true });
  expect(imported.models).toMatchObject([
    {
      ...{ id: ID, name: 'FIB-25', licence: 'Apache-2.0', depth: 12, features: 32 },
      ...{ fieldOfViewZyx: [33, 33, 33], deltasZyx: [8, 8, 8], voxelSizeNm: [10, 10, 10] },
      ...{ normalization: { mean: 128, deviation: 33 }, padProbability: 0.05, moveThreshold: 0.9 },
    },
  ]);
  const { violations } = await new AxeBuilder({ page }).include('.models').analyze();
  expect(violations).toEqual([]);

  await dialog.getByLabel('Name').fill('Medulla');
  await dialog.getByLabel('Name').press('Enter');
  await expect(dialog.getByRole('button', { name: /^Medulla/ })).toBeVisible();
  await reload(page);
  const kept = await models(page);
  expect(kept.models).toMatchObject([{ id: ID, name: 'Medulla' }]);
  // What was changed stays when the same is imported again.
  await drop(page, await published());
  await expect(dialog.getByRole('button', { name: /^Medulla/ })).toBeVisible();
  await expect(dialog.getByRole('status')).toBeHidden();
  expect(await models(page)).toEqual(kept);
  await dialog.getByRole('button', { name: /^Medulla/ }).click();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();

  const exported = await page.evaluate(async (id) => {
    const blob = await window.floodlight.exportModel(id);
    return Array.from(new Uint8Array(await blob.arrayBuffer()));
  }, ID);
  const file = { name: 'medulla.safetensors', bytes: Uint8Array.from(exported) };
  expect(file.bytes.length).toBe(kept.models[0]?.sizeBytes);

  const again = await openDialog(page);
  await again.getByRole('button', { name: /^Medulla/ }).click();
  await again.getByRole('button', { name: 'Remove Medulla' }).click();
  const overflow = await page
    .locator('.models-body')
    .evaluate((body) => body.scrollWidth - body.clientWidth);
  expect(overflow).toBe(0);
  await again.getByRole('button', { name: 'Remove for good' }).click();
  await expect(again).toContainText('There is none yet');
  expect((await models(page)).models).toEqual([]);

  await drop(page, [file]);
  await expect(again.getByRole('button', { name: /^Medulla/ })).toBeVisible(IMPORTED);
  expect(await models(page)).toEqual(kept);
});

test('files that are cut off, not all there, or of something else are refused in a sentence, and nothing is kept', async ({
  page,
  openPage,
}) => {
  await openPage();
  const [index, data] = await published();
  if (!index || !data) throw new Error('there are two files');
  const dialog = page.getByRole('dialog', { name: 'Models' });
  const problem = dialog.getByRole('alert');

  await drop(page, [index, { ...data, bytes: data.bytes.subarray(0, 100_000) }]);
  await expect(problem).toContainText('lies beyond the end of its data file');
  await drop(page, [index]);
  await expect(problem).toContainText(`${NAMES[1]} is not among its files`);
  await drop(page, [{ ...index, bytes: index.bytes.subarray(0, 1000) }, data]);
  await expect(problem).toContainText('does not end as one of TensorFlow does');
  const others = tensorsOf(randomNetwork(1, 2, 1)).filter(({ name }) => !name.includes('lom'));
  await drop(page, writeBundle('other', others));
  await expect(problem).toContainText('it lacks seed_update/conv_lom/weights');
  const errors = await page.evaluate(async () => {
    const codeOf = (error: unknown) => (error as { code: string }).code;
    const bytes = new Uint8Array(100);
    const calls = [
      window.floodlight.importModel([{ name: 'a.index', bytes }]),
      window.floodlight.importModel([{ name: 'a.safetensors', bytes }]),
      window.floodlight.importModel(['nowhere.index']),
      window.floodlight.updateModel('0123456789abcdef', { name: 'x' }),
      window.floodlight.exportModel('../labels'),
    ];
    return Promise.all(calls.map((call) => call.then(() => '', codeOf)));
  });
  expect(errors).toEqual([
    'BAD_MODEL',
    'BAD_MODEL',
    'HTTP_STATUS',
    'UNKNOWN_MODEL',
    'UNKNOWN_MODEL',
  ]);
  expect(await models(page)).toEqual({ models: [], damaged: [], isKept: true });

  await dialog.getByRole('textbox', { name: /^Address/ }).fill(dataSource('ffn-fib25/LICENSE'));
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(problem).toContainText('The server answered 404');
  const far = (faults: string) => dataSource(`ffn-fib25/${PREFIX}.index`, faults);
  const address = dialog.getByRole('textbox', { name: /^Address/ });
  await address.fill(far(`truncated/ffn-fib25.${NAMES[1]}`));
  await address.press('Enter');
  await expect(problem).toContainText('lies beyond the end of its data file');
  await address.fill(far('slow/30000'));
  await address.press('Enter');
  await expect(dialog.getByRole('status')).toContainText('Reading…');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog.getByRole('status')).toBeHidden();
  await expect(problem).toHaveCount(0);
  expect((await models(page)).models).toEqual([]);
});

test('a checkpoint comes from an address, beside one whose sizes have to be asked for; a damaged file breaks neither', async ({
  page,
  openPage,
}) => {
  await openPage();
  const dialog = await openDialog(page);
  await dialog
    .getByRole('textbox', { name: /^Address/ })
    .fill(dataSource(`ffn-fib25/${PREFIX}.index`));
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(dialog.getByRole('button', { name: /^FIB-25/ })).toBeVisible(IMPORTED);

  await drop(page, writeBundle('ours.ckpt-1', tensorsOf(randomNetwork(3, 4, 9))));
  const row = dialog.getByRole('button', { name: /^ours\.ckpt-1/ });
  await expect(row).toContainText('sizes assumed');
  await dialog.getByLabel('Field of view, z').fill('17');
  await dialog.getByLabel('Field of view, z').press('Enter');
  await expect(row).not.toContainText('sizes assumed');
  await dialog.getByLabel('Moves by, z').fill('9');
  await dialog.getByLabel('Moves by, z').press('Enter');
  await expect(dialog.getByRole('alert')).toContainText('less than half of its field of view');
  await dialog.getByLabel('Moves by, z').fill('4');
  await dialog.getByLabel('Moves by, z').press('Enter');
  await expect(row).toContainText('33×33×17 by 8×8×4');
  const ours = (await models(page)).models.find(({ name }) => name === 'ours.ckpt-1');
  expect(ours).toMatchObject({
    depth: 3,
    features: 4,
    fieldOfViewZyx: [17, 33, 33],
    deltasZyx: [4, 8, 8],
  });

  await page.evaluate(async (id) => {
    const root = await navigator.storage.getDirectory();
    const own = await (await root.getDirectoryHandle('floodlight')).getDirectoryHandle('models');
    const writable = await (await own.getFileHandle(`${id}.safetensors`)).createWritable();
    await writable.write(new Uint8Array(50));
    await writable.close();
  }, ours?.id);
  await reload(page);
  const list = await models(page);
  expect(list.models.map(({ name }) => name)).toEqual(['FIB-25']);
  expect(list.damaged.map(({ id }) => id)).toEqual([ours?.id]);
  const reopened = await openDialog(page);
  await expect(reopened).toContainText('cannot be read');
  await reopened.getByRole('button', { name: `Remove ${ours?.id}` }).click();
  await expect(reopened).not.toContainText('cannot be read');
  expect((await models(page)).damaged).toEqual([]);
});
