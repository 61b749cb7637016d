import type { Page } from '@playwright/test';
import { IDENTITY, type Quaternion, rotate, turnAbout } from '../src/core/quaternion';
import { pixelToVoxel, sliceStep, type ViewId } from '../src/core/slice-geometry';
import { add, dot, floor, scale, type Zyx } from '../src/core/vec';
import { dataSource, expect, test } from './fixtures/floodlight';
import {
  boxOf,
  canvas,
  expectOtherPicture,
  expectPicture,
  runByPalette,
  still,
} from './fixtures/workspace';

/** Of fib25, 250³ voxels of 10 nm: the middle of a neurite. */
const PLACE: Zyx = [130, 157, 120];
const NM: Zyx = [10, 10, 10];
const ZOOM = 6;
const TILTED: Quaternion = turnAbout([0.36, 0.48, 0.8], 0.55);

const orientation = (page: Page) => page.evaluate(() => window.floodlight.orientation());
const position = (page: Page) => page.evaluate(() => window.floodlight.position());

/** A canvas's size in device pixels, as the view knows it. */
const devicePixels = (page: Page, view: ViewId) =>
  canvas(page, view).evaluate(
    (element) =>
      new Promise<{ widthPixels: number; heightPixels: number }>((resolve) => {
        const observer = new ResizeObserver(([entry]) => {
          const { inlineSize, blockSize } = entry?.devicePixelContentBoxSize[0] ?? {};
          observer.disconnect();
          resolve({ widthPixels: inlineSize ?? 0, heightPixels: blockSize ?? 0 });
        });
        observer.observe(element, { box: 'device-pixel-content-box' });
      }),
  );

const rounded = (parts: readonly number[]) => parts.map((part) => part.toFixed(5));

/** That the views come to be turned so, but for rounding. */
const expectTurned = (page: Page, expected: Quaternion) =>
  expect.poll(async () => rounded(await orientation(page))).toEqual(rounded(expected));

/** Looks at the middle of a voxel, turned so, with the pointer away from the views. */
async function look(page: Page, zyx: Zyx, turned: Quaternion): Promise<void> {
  await page.mouse.move(2, 2);
  await page.evaluate(
    async ({ zyx, turned, zoom }) => {
      const { floodlight } = window;
      // A centre inside the same voxel would stay where it is.
      floodlight.goTo([0, 0, 0]);
      floodlight.goTo(zyx);
      floodlight.setOrientation(turned);
      floodlight.setZoom(zoom);
      await floodlight.settled();
    },
    { zyx, turned, zoom: ZOOM },
  );
}

/** How far a continuous voxel is from the nearest side of the voxel that it is in. */
const margin = (zyx: Zyx): number =>
  Math.min(...zyx.map((at) => 0.5 - Math.abs(at - Math.floor(at) - 0.5)));

/** A point of the page over a view, about so far from its middle, and the voxel that lies there, well inside it. */
async function pointAt(
  page: Page,
  view: ViewId,
  zyx: Zyx,
  turned: Quaternion,
  dx: number,
  dy: number,
) {
  const { x, y, width, height } = await boxOf(page, view);
  const state = {
    centerZyx: add(zyx, [0.5, 0.5, 0.5]),
    orientation: turned,
    nmPerPixel: ZOOM,
    ...(await devicePixels(page, view)),
  };
  const points = Array.from({ length: 49 }, (_, index) => {
    const pageX = Math.round(x + width / 2 + dx + (index % 7));
    const pageY = Math.round(y + height / 2 + dy + Math.floor(index / 7));
    return { pageX, pageY, at: pixelToVoxel(view, state, NM, pageX - x, pageY - y) };
  });
  const [best] = points.sort((a, b) => margin(b.at) - margin(a.at));
  if (!best) throw new Error('no points');
  return { pageX: best.pageX, pageY: best.pageY, voxel: floor(best.at) };
}

test('slices turn by the mouse and by keys, and each click goes to the voxel that is seen there', async ({
  openPage,
}) => {
  const page = await openPage({ source: dataSource('fib25/em.zarr') });
  await look(page, PLACE, IDENTITY);
  // Over the first view lies the hint of a first visit, until something is filled.
  const straight = await still(canvas(page, 'xz'));
  const label = page.locator('[data-panel-id=xy] .view-label');
  await expect(label).toHaveText(/z 130/);

  // Shift and drag: a quarter of a degree a pixel, about what was pressed.
  const pressed = await pointAt(page, 'xy', PLACE, IDENTITY, 70, -40);
  await page.mouse.move(pressed.pageX, pressed.pageY);
  await page.keyboard.down('Shift');
  await page.mouse.down();
  await page.mouse.move(pressed.pageX + 120, pressed.pageY, { steps: 5 });
  await page.mouse.up();
  await page.keyboard.up('Shift');
  await expectTurned(page, turnAbout([0, 1, 0], Math.PI / 6));
  await expect(label).toHaveText(/tilted 30°/);
  await expect(page.locator('[data-panel-id=xz] .view-label')).toHaveText(/turned 30°/);
  await page.evaluate(() => window.floodlight.settled());
  const { centre } = await page.evaluate(() => ({ centre: window.floodlight.position() }));
  // The centre went around the pressed voxel: it left the plane that was seen.
  expect(centre[0]).not.toBe(PLACE[0]);
  await page.mouse.move(2, 2);
  await expectOtherPicture(canvas(page, 'xz'), straight);
  await page.screenshot({ path: 'test-results/oblique-1440x900.png' });

  // What lies where, read out under the pointer, in all three views.
  await look(page, PLACE, TILTED);
  for (const view of ['xy', 'zy', 'xz'] as const) {
    const { pageX, pageY, voxel } = await pointAt(page, view, PLACE, TILTED, 43, -31);
    await page.mouse.move(pageX, pageY);
    const shown = page.locator('.status-item[title="Voxel under the pointer"]');
    const [z, y, x] = voxel;
    await expect(shown).toHaveText(new RegExp(`^\\s*${x}\\s*${y}\\s*${z}\\s*$`));
  }

  // A click fills from there: the same voxels as by the call.
  const { pageX, pageY, voxel } = await pointAt(page, 'zy', PLACE, TILTED, -8, 6);
  await page.evaluate(() => {
    window.floodlight.setTool('fill');
    window.floodlight.setFillOptions({ criterion: 'range', low: 140, high: 255, connectivity: 6 });
  });
  await page.mouse.click(pageX, pageY);
  const filled = () => page.evaluate(() => window.floodlight.segments());
  await expect.poll(async () => (await filled()).length, { timeout: 60_000 }).toBe(1);
  await expect
    .poll(() => page.evaluate(() => window.floodlight.display().selectedIds.length))
    .toBe(1);
  const [segment] = await filled();
  expect(segment?.seedZyx).toEqual(voxel);
  const compared = await page.evaluate(async (seedZyx) => {
    const { floodlight } = window;
    const sum = async () => {
      const { data } = await floodlight.readLabels({
        originZyx: [0, 0, 0],
        shapeZyx: [250, 250, 250],
      });
      let [count, places] = [0, 0];
      for (let i = 0; i < data.length; i++)
        if (data[i] !== 0) {
          count++;
          places = (Math.imul(places, 31) + i) | 0;
        }
      return { count, places };
    };
    const byClick = { ...(await sum()), label: await floodlight.labelAt(seedZyx) };
    const id = floodlight.segments()[0]?.id ?? 0;
    await floodlight.remove(id);
    const again = await floodlight.segment({
      algorithm: 'flood-fill',
      seedZyx,
      params: { low: 140, high: 255, connectivity: 6 },
    });
    return {
      byClick,
      id,
      byCall: { ...(await sum()), label: await floodlight.labelAt(seedZyx) },
      again,
    };
  }, voxel);
  expect(compared.byClick.label).toBe(compared.id);
  expect(compared.byCall).toEqual({ ...compared.byClick, label: compared.again.id });
  expect(compared.byClick.count).toBe(compared.again.voxels);
  expect(compared.byClick.count).toBeGreaterThan(10_000);

  // The tool that selects finds it again where it is seen, and nothing turns while nothing is dragged.
  await page.evaluate(() => {
    window.floodlight.select([]);
    window.floodlight.setTool('select');
  });
  await page.keyboard.down('Shift');
  await page.mouse.click(pageX, pageY);
  await page.keyboard.up('Shift');
  await expect
    .poll(() => page.evaluate(() => window.floodlight.display().selectedIds))
    .toEqual([compared.again.id]);
  await expectTurned(page, TILTED);

  // The wheel goes along the normal, a right click into what is seen, without leaving the plane.
  await page.mouse.wheel(0, 100);
  await expect.poll(() => position(page)).not.toEqual(PLACE);
  await page.mouse.wheel(0, 100);
  const step = sliceStep('zy', TILTED, NM);
  const onwards = floor(add(add(PLACE, [0.5, 0.5, 0.5]), scale(step, 2)));
  await expect.poll(() => position(page)).toEqual(onwards);
  await page.keyboard.press(',');
  await page.keyboard.press(',');
  await expect.poll(() => position(page)).toEqual(PLACE);
  const target = await pointAt(page, 'xz', PLACE, TILTED, 60, 25);
  await page.mouse.click(target.pageX, target.pageY, { button: 'right' });
  await expect.poll(() => position(page)).toEqual(target.voxel);

  // Keys turn in the plane of the view that was pointed at, and back; Z lays all along the axes again.
  await look(page, PLACE, TILTED);
  const before = await orientation(page);
  const over = await boxOf(page, 'xy');
  await page.mouse.move(over.x + 50, over.y + 90);
  await page.keyboard.press('r');
  await expect.poll(() => orientation(page)).not.toEqual(before);
  const rolled = await orientation(page);
  const normal = rotate(TILTED, [1, 0, 0]);
  expect(rounded(rotate(rolled, [1, 0, 0]))).toEqual(rounded(normal));
  const right = rotate(TILTED, [0, 0, 1]);
  const cosine = dot(rotate(rolled, [0, 0, 1]), right);
  expect(cosine).toBeCloseTo(Math.cos(Math.PI / 36), 6);
  await page.keyboard.press('e');
  await expectTurned(page, TILTED);
  await page.setViewportSize({ width: 1024, height: 768 });
  await page.evaluate(() => window.floodlight.settled());
  await page.screenshot({ path: 'test-results/oblique-1024x768.png' });
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.keyboard.press('z');
  await expect.poll(() => orientation(page)).toEqual([0, 0, 0, 1]);
  await page.evaluate(() => window.floodlight.remove(window.floodlight.segments()[0]?.id ?? 0));
  await look(page, PLACE, IDENTITY);
  await expectPicture(canvas(page, 'xz'), straight);
});

test('an address brings the orientation back; what is no quaternion is refused', async ({
  openPage,
}) => {
  const page = await openPage({ params: { at: '90,180,200', turn: '0,0.6,0,0.8' } });
  expect(await orientation(page)).toEqual([0, 0.6, 0, 0.8]);
  const refused = await page.evaluate(() =>
    [[0, 0, 0, 0], [0, 0, 1], [0, 0, 0, Number.NaN], 'z'].map((value) => {
      try {
        window.floodlight.setOrientation(value as never);
        return 'taken';
      } catch (error) {
        return (error as { code: string }).code;
      }
    }),
  );
  expect(refused).toEqual(Array(4).fill('BAD_PARAMETERS'));
  await runByPalette(page, 'reset orientation', 'Reset orientation');
  await expect.poll(() => orientation(page)).toEqual([0, 0, 0, 1]);
});
