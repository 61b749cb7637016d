import type { Page, Worker } from '@playwright/test';
import { neurite } from './fixtures/fib25';
import { dataSource, expect, test } from './fixtures/floodlight';
import { boxOf, canvas, expectPicture, still } from './fixtures/workspace';

type OpenPage = (options: { source: string }) => Promise<Page>;

const panelOf = (page: Page) => page.locator('[data-panel-id="3d"]');
const triangles = (page: Page) =>
  page.locator('[data-triangles]').getAttribute('data-triangles').then(Number);

/** A page with one small segment, which the 3-D view looks at from near; and the segment's id. */
async function withSegment(openPage: OpenPage): Promise<{ page: Page; id: number }> {
  const page = await openPage({ source: dataSource('fib25/em.zarr') });
  const id = await page.evaluate(async ([z, y, x]) => {
    const { floodlight } = window;
    const { id } = await floodlight.segment({
      algorithm: 'flood-fill',
      seedZyx: [z, y, x],
      params: { low: 140, high: 255 },
      box: { originZyx: [Math.max(0, z - 24), y - 48, x - 48], shapeZyx: [48, 50, 50] },
    });
    floodlight.goTo([z, y, x]);
    floodlight.run('look-at-position');
    await floodlight.settled();
    return id;
  }, neurite);
  const { triangles: all } = await settled(page, id);
  expect(all).toBeGreaterThan(1000);
  await expect.poll(() => triangles(page), { timeout: 60_000 }).toBe(all);
  return { page, id };
}

async function settled(page: Page, id: number) {
  const state = () => page.evaluate((id) => window.floodlight.surfaceState(id), id);
  await expect.poll(state, { timeout: 120_000 }).toMatchObject({ isSettled: true });
  return state();
}

/** The worker that draws it; the last one, where there was another. */
async function stageOf(page: Page): Promise<Worker> {
  const stages = () => page.workers().filter((worker) => worker.url().includes('stage.worker'));
  await expect.poll(() => stages().length).toBe(1);
  const [stage] = stages();
  if (!stage) throw new Error('no 3-D view');
  return stage;
}

test('clicks select and go to what they hit, drags turn and move the camera', async ({
  openPage,
}) => {
  const { page, id } = await withSegment(openPage);
  const box = await boxOf(page, '3d');
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const selected = () => page.evaluate(() => window.floodlight.display().selectedIds);
  await page.evaluate(() => window.floodlight.select([]));
  await page.mouse.click(x, y);
  await expect.poll(selected).toEqual([id]);
  await page.keyboard.down('Shift');
  await page.mouse.click(x, y);
  await page.keyboard.up('Shift');
  await expect.poll(selected).toEqual([]);
  await page.mouse.click(x, y);
  await expect.poll(selected).toEqual([id]);
  await page.mouse.click(box.x + 3, box.y + box.height - 90);
  await expect.poll(selected).toEqual([]);

  await page.evaluate(() => window.floodlight.goTo([0, 0, 0]));
  await page.mouse.click(x, y, { button: 'right' });
  const label = () => page.evaluate(() => window.floodlight.labelAt(window.floodlight.position()));
  await expect.poll(label).toBe(id);

  const camera = async () => {
    const pose = await page.evaluate(() => window.floodlight.camera());
    if (!pose) throw new Error('no camera');
    return pose;
  };
  const drag = async (button: 'left' | 'right') => {
    await page.mouse.move(x, y);
    await page.mouse.down({ button });
    await page.mouse.move(x + 60, y + 30, { steps: 3 });
    await page.mouse.up({ button });
  };
  const before = await camera();
  await drag('left');
  const turned = await camera();
  expect(turned.targetNm).toEqual(before.targetNm.map((at) => expect.closeTo(at, 3)));
  expect(turned.positionNm).not.toEqual(before.positionNm.map((at) => expect.closeTo(at, 0)));
  await drag('right');
  expect((await camera()).targetNm).not.toEqual(before.targetNm.map((at) => expect.closeTo(at, 0)));
  // Drags are no clicks.
  expect(await selected()).toEqual([]);
});

test('what is lost with the graphics card comes back with it, by itself', async ({ openPage }) => {
  const { page } = await withSegment(openPage);
  const stage = await stageOf(page);
  const before = await still(panelOf(page));
  // The context shows itself in the next frame after this is known to be in place.
  await stage.evaluate(() => {
    const { prototype } = WebGL2RenderingContext;
    const { clear } = prototype;
    const caught = new Promise<void>((resolve) => {
      prototype.clear = function (mask) {
        prototype.clear = clear;
        Object.assign(self, { loss: this.getExtension('WEBGL_lose_context') });
        clear.call(this, mask);
        resolve();
      };
    });
    Object.assign(self, { caught });
  });
  const pose = await page.evaluate(() => window.floodlight.camera());
  if (!pose) throw new Error('no camera');
  await page.evaluate(({ positionNm, targetNm }) => {
    const [z, y, x] = positionNm;
    window.floodlight.setCamera({ positionNm: [z - 50, y, x], targetNm });
  }, pose);
  await stage.evaluate(() => (self as unknown as { caught: Promise<void> }).caught);
  const call = (name: 'loseContext' | 'restoreContext') =>
    stage.evaluate((name) => {
      (self as unknown as { loss: WEBGL_lose_context }).loss[name]();
    }, name);

  await call('loseContext');
  const message = panelOf(page).locator('.scene-message');
  await expect(message).toContainText('lost the graphics card');
  await expect(canvas(page, '3d')).toBeHidden();
  // Meanwhile all else goes on, and what changes is seen afterwards.
  await page.evaluate(async (pose) => {
    window.floodlight.setCamera(pose);
    await window.floodlight.settled();
  }, pose);
  await call('restoreContext');
  await expect(message).toBeEmpty();
  await expect(canvas(page, '3d')).toBeVisible();
  await expectPicture(panelOf(page), before);
});

test('where there is no WebGL 2 it says so, and all else works', async ({
  page: blank,
  openPage,
}) => {
  await blank.route('**/stage.worker-*.js', async (route) => {
    const response = await route.fetch();
    const body = `OffscreenCanvas.prototype.getContext = () => null;\n${await response.text()}`;
    await route.fulfill({ response, body });
  });
  const page = await openPage({ source: dataSource('fib25/em.zarr') });
  await expect(panelOf(page).getByRole('status')).toContainText('no WebGL 2');
  await expect(canvas(page, '3d')).toHaveCount(0);
  expect(await page.evaluate(() => window.floodlight.camera())).toBeNull();
  expect(await page.evaluate(() => window.floodlight.run('frame-3d'))).toBe(true);
  await page.evaluate(() => window.floodlight.settled());
});

test.describe('a worker that breaks down', () => {
  test.use({ allowErrors: [/broken on purpose/] });

  test('gives a typed error, is started once more with all it showed, and takes nothing along', async ({
    openPage,
  }) => {
    const { page } = await withSegment(openPage);
    const before = await still(panelOf(page));
    const shown = await triangles(page);
    const breakDown = async () => {
      const stage = await stageOf(page);
      await stage.evaluate(() => {
        setTimeout(() => {
          throw new Error('broken on purpose');
        });
      });
    };
    const notice = page.getByText('The 3-D view broke down (Uncaught Error: broken on purpose)');

    await breakDown();
    await expect(notice.first()).toBeVisible();
    expect(
      await page.evaluate(() => {
        const error = window.floodlight.lastError as (Error & { code?: string }) | null;
        return error?.code;
      }),
    ).toBe('SCENE_FAILED');
    await expect.poll(() => triangles(page), { timeout: 120_000 }).toBe(shown);
    await expectPicture(panelOf(page), before);

    await breakDown();
    await expect(panelOf(page).getByRole('status')).toContainText('broke down twice');
    await expect(canvas(page, '3d')).toHaveCount(0);
    expect(await page.evaluate(() => window.floodlight.camera())).toBeNull();
    await page.evaluate(async () => {
      window.floodlight.goTo([100, 100, 100]);
      await window.floodlight.settled();
    });
    expect(await page.evaluate(() => window.floodlight.position())).toEqual([100, 100, 100]);
  });
});
