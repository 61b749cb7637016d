import { atSeed, click, importModel, SEED, segments } from './fixtures/ffn';
import { expect, test } from './fixtures/floodlight';
import { idle } from './fixtures/workspace';

test('seeds and blocks are marked in the slices, on oblique planes too, and taken away', async ({
  openPage,
}) => {
  test.setTimeout(480_000);
  const page = await atSeed(openPage, 'cpu');
  await importModel(page);
  const marks = () => page.evaluate(() => window.floodlight.ffnMarks());
  const seeds = page.locator('[data-panel-id=xy] [data-mark=seed]');
  const blocks = page.locator('[data-panel-id=xy] [data-mark=block]');
  const list = page.getByRole('list', { name: 'Seeds and blocks' });
  /** Where marks are drawn: pixels right of the middle of the view. */
  const drawn = (of: typeof seeds) =>
    of.evaluateAll((groups) =>
      groups.map((group) => {
        const view = group.closest('[data-panel-id]')?.querySelector('canvas');
        const { left = 0, width = 0 } = view?.getBoundingClientRect() ?? {};
        const own = group.getBoundingClientRect();
        return { right: own.left + own.width / 2 - left - width / 2, width: own.width };
      }),
    );
  const [z, y, x] = SEED;

  // Seeds that wait: where they were clicked, in the list, gone by key and by list.
  await click(page, ['Control'], 40);
  await click(page, ['Control'], -60);
  await click(page, ['Control'], 90);
  await expect(seeds).toHaveCount(3);
  const zyxOf = (dx: number) => [z, y, x + Math.floor(0.5 + dx / 5)];
  expect(await marks()).toEqual(
    [40, -60, 90].map((dx, index) => ({ kind: 'seed', of: 'next', index, zyx: zyxOf(dx) })),
  );
  const farthest = async () =>
    Math.max(
      ...(await drawn(seeds)).map(({ right }, index) =>
        Math.abs(right - ([40, -60, 90][index] ?? 0)),
      ),
    );
  await expect.poll(farthest).toBeLessThan(3);
  await page.keyboard.press('Shift+Backspace');
  await expect(seeds).toHaveCount(2);
  await list.getByRole('button', { name: `Remove the seed at ${zyxOf(40).join(', ')}` }).click();
  await expect.poll(async () => (await marks()).map(({ zyx }) => zyx)).toEqual([zyxOf(-60)]);
  await expect(seeds).toHaveCount(1);
  // Fainter from a slice nearby, gone from one farther away.
  await expect(seeds).toHaveCSS('opacity', '1');
  await page.evaluate(([z, y, x]) => window.floodlight.goTo([z + 3, y, x]), SEED);
  await expect(seeds).not.toHaveCSS('opacity', '1');
  await page.evaluate(([z, y, x]) => window.floodlight.goTo([z + 12, y, x]), SEED);
  await expect(seeds).toHaveCount(0);
  await page.evaluate((seed) => window.floodlight.goTo(seed), SEED);
  await page.getByRole('button', { name: 'Drop', exact: true }).click();
  await expect(list).toHaveCount(0);

  // Those of a segment, in its colour.
  const section = page.getByRole('region', { name: 'Flood-filling network' });
  await section.getByLabel('max steps').fill('2');
  await section.getByLabel('max steps').press('Enter');
  await section.getByLabel('max steps').blur();
  const grown = async () => (await segments(page)).map((info) => info.milliseconds)[0];
  await click(page);
  await expect.poll(grown, { timeout: 120_000 }).toBeGreaterThan(0);
  const first = await grown();
  await idle(page);
  await expect(seeds).toHaveCount(1);
  await click(page, ['Alt'], 80);
  await expect.poll(grown, { timeout: 120_000 }).not.toBe(first);
  await idle(page);
  const [start, block] = await marks();
  const [{ id } = { id: 0 }] = await segments(page);
  expect(start).toEqual({ kind: 'seed', of: id, index: null, zyx: [...SEED] });
  expect(block).toEqual({ kind: 'block', of: id, index: 0, radius: 8, zyx: zyxOf(80) });
  const colour = (of: typeof seeds) => of.evaluate((group) => getComputedStyle(group).color);
  // A group that is drawn anew meanwhile has no colour.
  const colours = () => Promise.all([blocks, seeds].map(colour));
  await expect.poll(async () => new Set(await colours()).size).toBe(1);
  await expect.poll(colours).not.toContain('');
  // A disc of 8 voxels of 5 pixels, and as much of it as the plane cuts three slices on; its line is 3.5 wide.
  const near = async (right: number, radius: number) => {
    const [disc] = await drawn(blocks);
    return Math.hypot((disc?.right ?? 0) - right, (disc?.width ?? 0) - 2 * radius - 3.5) < 4;
  };
  await expect.poll(() => near(80, 40)).toBe(true);
  await page.evaluate(([z, y, x]) => window.floodlight.goTo([z + 3, y, x]), SEED);
  await expect.poll(() => near(80, 5 * Math.sqrt(64 - 9))).toBe(true);
  // Tilted about y by 0.3: through the ball's middle the same disc; through the seed less of it, and nearer.
  await page.evaluate(
    (at) => {
      window.floodlight.goTo(at);
      window.floodlight.setOrientation([0, Math.sin(0.15), 0, Math.cos(0.15)]);
    },
    zyxOf(80) as unknown as typeof SEED,
  );
  await expect.poll(() => near(0, 40)).toBe(true);
  await page.evaluate((seed) => window.floodlight.goTo(seed), SEED);
  const cut = 5 * Math.sqrt(64 - (16 * Math.sin(0.3)) ** 2);
  await expect.poll(() => near(80 * Math.cos(0.3), cut)).toBe(true);

  // Without the block it grows anew.
  const second = await grown();
  await list.getByRole('button', { name: /^Remove the block .*grows anew without it/ }).click();
  await expect.poll(grown, { timeout: 120_000 }).not.toBe(second);
  await idle(page);
  expect(await marks()).toEqual([start]);
  await page.keyboard.press('v');
  await expect(seeds).toHaveCount(0);
});
