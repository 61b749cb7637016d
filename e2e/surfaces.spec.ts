import type { Page } from '@playwright/test';
import { expect, test } from './fixtures/floodlight';
import { middleOf } from './fixtures/workspace';

/** An array without chunks: all of it has the fill value. 324 bricks of 64³, if no other shape is wanted. */
const metadataOf = (shape = [64, 1152, 1152]) => ({
  zarr_format: 2,
  shape,
  chunks: [64, 384, 384],
  dtype: '|u1',
  compressor: null,
  fill_value: 200,
  order: 'C',
  filters: null,
});

async function serveSlab(page: Page, shape?: number[]): Promise<string> {
  const answer = { contentType: 'application/json', body: JSON.stringify(metadataOf(shape)) };
  await page.route('**/slab.zarr/**', (route) =>
    route.request().url().endsWith('/.zarray')
      ? route.fulfill(answer)
      : route.fulfill({ status: 404, body: '' }),
  );
  return '/slab.zarr';
}

const settledState = (page: Page, id: number) =>
  expect
    .poll(() => page.evaluate((id) => window.floodlight.surfaceState(id), id), { timeout: 120_000 })
    .toMatchObject({ isSettled: true });

test('a large surface is there at once, coarse, and becomes finer where one zooms in', async ({
  page: blank,
  openPage,
}) => {
  const page = await openPage({ source: await serveSlab(blank), params: { backend: 'cpu' } });
  const camera = () => page.evaluate(() => window.floodlight.camera());
  await expect.poll(camera).not.toBeNull();
  const id = await page.evaluate(async () => {
    const { floodlight } = window;
    const seedZyx = [30, 500, 500] as const;
    const params = { low: 100, high: 255 };
    return (await floodlight.segment({ algorithm: 'flood-fill', seedZyx, params })).id;
  });
  await settledState(page, id);
  const state = () => page.evaluate((id) => window.floodlight.surfaceState(id), id);
  expect((await state()).piecesOfLevels.slice(1).some((pieces) => pieces > 0)).toBe(true);

  // What was fine while the segment was small stays so for longer than it would become so: seen from farther away it does not.
  const before = await camera();
  if (!before) throw new Error('no 3-D view');
  const look = (pose: typeof before) =>
    page.evaluate((pose) => window.floodlight.setCamera(pose), pose);
  const away = before.positionNm.map(
    (at, axis) => 3 * at - 2 * (before.targetNm[axis] ?? 0),
  ) as unknown as typeof before.positionNm;
  await look({ ...before, positionNm: away });
  await expect
    .poll(async () => (await state()).piecesOfLevels.slice(0, 2), { timeout: 120_000 })
    .toEqual([0, 0]);
  expect(await look(before)).toBe(true);
  await settledState(page, id);
  const far = await state();
  expect(far.piecesOfLevels[0] ?? 0).toBe(0);
  expect(far.piecesOfLevels.length).toBeGreaterThan(2);
  const drawn = page.locator('[data-triangles]');
  await expect
    .poll(() => drawn.getAttribute('data-triangles').then(Number), { timeout: 120_000 })
    .toBeGreaterThanOrEqual(far.triangles);

  // By the wheel, as a user does.
  const { x, y } = await middleOf(page, '3d');
  await page.mouse.move(x, y);
  for (let turn = 0; turn < 6; turn++) await page.mouse.wheel(0, -300);
  await expect
    .poll(async () => (await state()).piecesOfLevels[0] ?? 0, { timeout: 120_000 })
    .toBeGreaterThan(0);
  const near = await camera();
  const distance = ({ positionNm, targetNm }: NonNullable<typeof near>) =>
    Math.hypot(...positionNm.map((at, axis) => at - (targetNm[axis] ?? 0)));
  expect(near && distance(near)).toBeLessThan(distance(before));
  // What is far off is still coarse, and nothing was ever too much.
  expect((await state()).piecesOfLevels.slice(1).some((pieces) => pieces > 0)).toBe(true);

  expect(await page.evaluate(() => window.floodlight.run('frame-3d'))).toBe(true);
  await expect
    .poll(async () => (await state()).piecesOfLevels[0] ?? 0, { timeout: 120_000 })
    .toBe(0);

  // And by a command, to the position.
  expect(await page.evaluate(() => window.floodlight.run('look-at-position'))).toBe(true);
  const close = await camera();
  expect(close && distance(close)).toBeCloseTo(400, 0);
  expect(close?.targetNm[1]).toBeCloseTo(576, 0);
  expect(await look(before)).toBe(true);
  const again = await camera();
  expect(again && distance(again)).toBeCloseTo(distance(before), 0);
});

test('a whole surface tells how far it is, and can be called off', async ({
  page: blank,
  openPage,
}) => {
  // So large that there is time to call it off.
  const source = await serveSlab(blank, [64, 2304, 2304]);
  const page = await openPage({ source, params: { backend: 'cpu' } });
  const id = await page.evaluate(async () => {
    const { floodlight } = window;
    const seedZyx = [30, 500, 500] as const;
    const params = { low: 100, high: 255 };
    return (await floodlight.segment({ algorithm: 'flood-fill', seedZyx, params })).id;
  });
  await settledState(page, id);

  // By the API, once the first bricks are there.
  const byApi = await page.evaluate(async (id) => {
    const abort = new AbortController();
    const told: number[] = [];
    const options = {
      signal: abort.signal,
      onProgress: ({ bricks, bricksTotal }: { bricks: number; bricksTotal: number }) => {
        told.push(bricks / bricksTotal);
        abort.abort();
      },
    };
    const name = await window.floodlight.saveMesh(id, 'glb', options).catch((error) => error.name);
    return { name, told };
  }, id);
  expect(byApi.name).toBe('AbortError');
  expect(byApi.told[0]).toBeLessThan(1);

  // By the menu, as a user does.
  const ended = page.evaluate(
    (id) =>
      window.floodlight.mesh(id).then(
        () => 'made',
        (error: Error) => error.name,
      ),
    id,
  );
  await expect(page.locator('.saved-state')).toHaveText(/^Surface \d+ %$/);
  await page.getByRole('button', { name: 'Save as…' }).click();
  await page.getByRole('menuitem', { name: 'Cancel making the surface' }).press('Enter');
  expect(await ended).toBe('AbortError');
  await expect(page.locator('.saved-state')).toHaveText('Not saved');
});

test.describe('a mesh worker that breaks down', () => {
  // A worker of a worker: the console has no more of it.
  test.use({ allowErrors: [/^Uncaught $/] });

  test('is replaced, and what it had in work is made all the same', async ({
    page: blank,
    openPage,
  }) => {
    const page = await openPage({
      source: await serveSlab(blank, [64, 256, 256]),
      params: { backend: 'cpu' },
    });
    const meshers = () => page.workers().filter((worker) => worker.url().includes('mesh.worker'));
    const fill = () =>
      page.evaluate(async () => {
        const seedZyx = [30, 100, 100] as const;
        const params = { low: 100, high: 255 };
        const { segment } = window.floodlight;
        return (await segment({ algorithm: 'flood-fill', seedZyx, params })).id;
      });
    const whole = await fill();
    await settledState(page, whole);
    const stateOf = (id: number) => page.evaluate((id) => window.floodlight.surfaceState(id), id);
    const { triangles } = await stateOf(whole);
    await page.evaluate((id) => window.floodlight.remove(id), whole);

    const [first] = meshers();
    if (!first) throw new Error('no mesh worker');
    // At the third piece that it is asked for.
    await first.evaluate(() => {
      let asked = 0;
      self.addEventListener('message', () => {
        if (++asked === 3) throw new Error('broken on purpose');
      });
    });
    const id = await fill();
    await settledState(page, id);
    expect((await stateOf(id)).triangles).toBe(triangles);
    await expect.poll(() => meshers().length).toBeGreaterThan(0);
    await expect.poll(() => meshers().includes(first)).toBe(false);
  });
});
