import type { Page } from '@playwright/test';
import { expect, test } from './fixtures/floodlight';
import { atFib25, canvas, middleOf, runByPalette, still } from './fixtures/workspace';

const position = (page: Page) => page.evaluate(() => window.floodlight.position());
/** How far the position is from a voxel, on the axis on which it is farthest. */
const distance = async (page: Page, zyx: readonly [number, number, number]) => {
  const at = await position(page);
  return Math.max(...zyx.map((value, axis) => Math.abs(value - (at[axis] ?? 0))));
};

/** Mean brightness of the pixels around the middle of an element, from a screenshot. */
async function brightness(page: Page, view: string, dx = 40, dy = 40): Promise<number> {
  const middle = await middleOf(page, view);
  const clip = { x: middle.x - dx - 9, y: middle.y - dy - 9, width: 8, height: 8 };
  const png = (await page.screenshot({ clip })).toString('base64');
  return page.evaluate(async (png) => {
    const image = await createImageBitmap(
      await (await fetch(`data:image/png;base64,${png}`)).blob(),
    );
    const target = new OffscreenCanvas(8, 8).getContext('2d');
    target?.drawImage(image, 0, 0);
    const pixels = target?.getImageData(0, 0, 8, 8).data ?? new Uint8ClampedArray(256);
    let sum = 0;
    for (let i = 0; i < pixels.length; i++) if (i % 4 < 3) sum += pixels[i] ?? 0;
    return sum / (64 * 3);
  }, png);
}

test('shows the voxels of the volume where they are, in the contrast asked for', async ({
  openPage,
}) => {
  const page = await atFib25(openPage);
  await page.evaluate(async () => {
    window.floodlight.setLayer('volume', { contrast: [0, 255] });
    await window.floodlight.settled();
  });
  // At 10 nm a pixel is a voxel: 40 pixels off the middle lies voxel 125 - 40 and its neighbours.
  const mean = await page.evaluate(async () => {
    const { data } = await window.floodlight.readImage({
      originZyx: [125, 76, 76],
      shapeZyx: [1, 8, 8],
    });
    return (data as Uint8Array).reduce((sum, value) => sum + value, 0) / 64;
  });
  const difference = async (view: string, mean = 0) =>
    Math.abs((await brightness(page, view)) - mean);
  await expect.poll(() => difference('xy', mean)).toBeLessThan(6);
  const [zy, xz] = await page.evaluate(async () => {
    const meanOf = async (
      shapeZyx: [number, number, number],
      originZyx: [number, number, number],
    ) => {
      const { data } = await window.floodlight.readImage({ originZyx, shapeZyx });
      return (data as Uint8Array).reduce((sum, value) => sum + value, 0) / 64;
    };
    return [await meanOf([8, 8, 1], [76, 76, 125]), await meanOf([8, 1, 8], [76, 125, 76])];
  });
  await expect.poll(() => difference('zy', zy)).toBeLessThan(6);
  await expect.poll(() => difference('xz', xz)).toBeLessThan(6);
  await page.evaluate(async () => {
    window.floodlight.setLayer('volume', { contrast: [254, 255] });
    await window.floodlight.settled();
  });
  await expect.poll(() => brightness(page, 'xy')).toBeLessThan(10);
});

test('moves by wheel, keys, drag and right click', async ({ openPage }) => {
  const page = await atFib25(openPage);
  await canvas(page, 'xy').hover();
  await page.mouse.wheel(0, 100);
  await expect.poll(() => position(page)).toEqual([126, 125, 125]);
  await page.keyboard.down('Shift');
  await page.mouse.wheel(0, -100);
  await page.keyboard.up('Shift');
  await expect.poll(() => position(page)).toEqual([116, 125, 125]);
  await page.keyboard.press('.');
  await expect.poll(() => position(page)).toEqual([117, 125, 125]);

  const middle = await middleOf(page, 'xy');
  const [x, y] = [middle.x + 50, middle.y + 30];
  await page.mouse.click(x, y, { button: 'right' });
  await expect.poll(() => distance(page, [117, 155, 175])).toBeLessThanOrEqual(1);

  await page.mouse.move(x, y);
  await page.mouse.down({ button: 'middle' });
  await page.mouse.move(x + 20, y - 10, { steps: 4 });
  await page.mouse.up({ button: 'middle' });
  await expect.poll(() => distance(page, [117, 165, 155])).toBeLessThanOrEqual(1);

  const zoom = await page.evaluate(() => window.floodlight.zoom());
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -200);
  await page.keyboard.up('Control');
  await expect.poll(() => page.evaluate(() => window.floodlight.zoom())).toBeLessThan(zoom);

  for (const [key, shown] of [
    ['2', 'xz'],
    ['4', '3d'],
    ['0', 'xy'],
  ] as const) {
    await page.keyboard.press(key);
    await expect(page.locator(`[data-panel-id="${shown}"]`)).toBeVisible();
  }
  await runByPalette(page, '10 20 30', 'Go to x 10, y 20, z 30');
  await expect.poll(() => position(page)).toEqual([30, 20, 10]);
});

test('overlays stored labels of 64 bits and reads them out under the pointer', async ({
  openPage,
}) => {
  const page = await atFib25(openPage);
  await still(canvas(page, 'xy'));
  const before = await brightness(page, 'xy');
  await page.evaluate(async () => {
    await window.floodlight.addLayer({ stored: 'groundtruth' }, { opacity: 1 });
    window.floodlight.setLayer('volume', { visible: false });
    await window.floodlight.settled();
  });
  await expect
    .poll(async () => Math.abs((await brightness(page, 'xy')) - before))
    .toBeGreaterThan(3);
  await canvas(page, 'xy').hover();
  // The ground truth's id there, as zarr-python wrote it.
  await expect(page.locator('footer')).toContainText('groundtruth 114488');
});
