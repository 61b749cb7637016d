import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures/floodlight';
import { CHANNEL_NAMES, SHAPE, TIMES, timesAndChannels } from './fixtures/times-channels';

const files = async (): Promise<[path: string, base64: string][]> =>
  [...(await timesAndChannels())].map(([path, bytes]) => [
    path.slice(1),
    Buffer.from(bytes).toString('base64'),
  ]);

/** What is selected, one voxel of it, and how it is drawn. */
const seen = (page: Page) =>
  page.evaluate(async () => {
    const api = window.floodlight;
    const { data, dtype } = await api.readImage({ originZyx: [3, 9, 9], shapeZyx: [1, 1, 1] });
    const [image] = api.layers();
    const contrast = image?.kind === 'image' ? image.contrast : null;
    return { ...api.selection(), value: data[0], dtype, contrast, at: api.position() };
  });

test('channels and times of a 5-D image of float16 are chosen by mouse and keys', async ({
  openPage,
}) => {
  const page = await openPage();
  const opened = await page.evaluate(
    async (list) => {
      const blobs = list.map(([path, base64]): [string, Blob] => {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        return [path, new Blob([bytes])];
      });
      const { shapeZyx, dtype, times, channels } = await window.floodlight.open(new Map(blobs));
      window.floodlight.goTo([2, 7, 30]);
      return { shapeZyx, dtype, times, channels: channels.map(({ label }) => label) };
    },
    await files(),
  );
  expect(opened).toEqual({
    shapeZyx: [...SHAPE],
    dtype: 'float16',
    times: TIMES,
    channels: CHANNEL_NAMES,
  });
  const at = [2, 7, 30];
  expect(await seen(page)).toEqual({
    t: 0,
    c: 0,
    value: 0.125,
    dtype: 'float16',
    contrast: [0, 1],
    at,
  });

  const layers = page.getByRole('region', { name: 'Layers' });
  await layers.getByRole('combobox', { name: 'Channel' }).click();
  await page.getByRole('option', { name: 'membranes' }).click();
  await expect
    .poll(() => seen(page))
    .toMatchObject({ t: 0, c: 1, value: 1.125, contrast: [1, 2], at });
  await page.keyboard.press('Escape');

  await page.locator('body').press('c');
  await expect.poll(() => seen(page)).toMatchObject({ c: 2, value: 2.125 });
  await page.locator('body').press('t');
  await expect.poll(() => seen(page)).toMatchObject({ t: 1, c: 2, value: 2.375, contrast: [2, 3] });
  await layers.getByRole('slider', { name: 'Time' }).press('End');
  await expect.poll(() => seen(page)).toMatchObject({ t: 3, value: 2.875 });
  const number = layers.getByRole('spinbutton', { name: 'Time by number' });
  await expect(number).toHaveValue('3');
  await number.fill('2');
  await number.press('Enter');
  await expect.poll(() => seen(page)).toMatchObject({ t: 2, value: 2.625, at });
  await number.blur();

  expect(await page.evaluate(() => window.floodlight.run('previous-channel'))).toBe(true);
  await expect.poll(() => seen(page)).toMatchObject({ t: 2, c: 1, value: 1.625, contrast: [1, 2] });
  await page.evaluate(() => window.floodlight.settled());
  expect(await page.evaluate(() => window.floodlight.probe([2, 7, 30]))).toMatchObject({
    value: 1.625,
  });
  const { violations } = await new AxeBuilder({ page }).include('.layers').analyze();
  expect(violations).toEqual([]);

  const refused = await page.evaluate(() =>
    window.floodlight.selectAxes({ c: 3 }).catch((error) => error.code),
  );
  expect(refused).toBe('BAD_PARAMETERS');
});
