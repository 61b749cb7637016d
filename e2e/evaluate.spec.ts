import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { dataSource, expect, test } from './fixtures/floodlight';
import { runByPalette } from './fixtures/workspace';

const scores = (page: Page) => page.getByRole('status', { name: 'Scores' });
const openPanel = async (page: Page) => {
  await runByPalette(page, 'evaluate', '(evaluate)');
  await expect(page.getByRole('region', { name: 'Evaluate' })).toBeVisible();
};

test('published segmentations get their published scores, and a click goes to what is wrong', async ({
  openPage,
}) => {
  const page = await openPage({ source: dataSource('fib25/em.zarr') });
  await openPanel(page);
  // The truth is what its name says; the other stored labels come first.
  await expect(page.getByRole('combobox', { name: 'Labels taken for the truth' })).toHaveText(
    'groundtruth',
  );
  await page.getByRole('combobox', { name: 'Labels to be judged' }).click();
  await page.getByRole('option', { name: 'google_ffn' }).click();
  await page.getByRole('button', { name: 'Compare the chosen label layers' }).click();
  // The figures of the data's README.
  await expect(scores(page)).toContainText('0.899', { timeout: 120_000 });
  await expect(scores(page)).toContainText('0.918');
  await expect(scores(page)).toContainText('0.097');

  await page.getByRole('radio', { name: 'leave out' }).click();
  await page.getByRole('button', { name: 'Compare the chosen label layers' }).click();
  await expect(scores(page)).toContainText('0.613', { timeout: 120_000 });
  await expect(scores(page)).toContainText('0.263');
  await expect(scores(page)).toContainText('0.056');

  const result = await page.evaluate(() =>
    window.floodlight.evaluate('supervoxels', 'groundtruth'),
  );
  expect(result.viSplit.toFixed(2)).toBe('2.41');
  expect(result.viMerge.toFixed(2)).toBe('0.33');
  expect(result.adaptedRandError.toFixed(3)).toBe('0.271');
  await expect(scores(page)).toContainText('0.271');

  // The worst split, by a click: the second largest of its pieces, in both layers, which are opened for it.
  await page.getByRole('radio', { name: 'splits' }).click();
  await expect(page.getByRole('radio', { name: 'splits' })).toBeChecked();
  const [worst] = result.splits.faults;
  const piece = worst?.pieces[1];
  if (!worst || !piece) throw new Error('nothing is split');
  await page.getByRole('row').filter({ hasText: worst.id }).first().click();
  await expect
    .poll(() => page.evaluate(() => window.floodlight.position()))
    .toEqual(piece.voxelZyx);
  await expect
    .poll(() =>
      page.evaluate(() =>
        window.floodlight
          .layers()
          .map(({ name }) => name)
          .sort(),
      ),
    )
    .toEqual(['Segments', 'fib25 training_sample2', 'groundtruth', 'supervoxels']);
  await expect(page.getByText(/^piece 2 of /)).toBeVisible();
  // Labels stand out once the layer that was opened last is there for the page.
  await expect
    .poll(() =>
      page.evaluate(() => Object.keys(window.floodlight.display().emphasizedIds ?? {}).length),
    )
    .toBe(2);
  const { layers, probed, display } = await page.evaluate(async () => {
    const { floodlight } = window;
    await floodlight.settled();
    const { layers: probed } = await floodlight.probe(floodlight.position());
    return { layers: floodlight.layers(), probed, display: floodlight.display() };
  });
  const idOf = (name: string) => layers.find((layer) => layer.name === name)?.id ?? '';
  const at = (name: string) => probed.find(({ id }) => id === idOf(name))?.value;
  expect([at('groundtruth'), at('supervoxels')]).toEqual([worst.id, piece.id]);
  expect(display.emphasizedIds?.[idOf('groundtruth')]).toEqual([worst.id]);
  expect(display.emphasizedIds?.[idOf('supervoxels')]).toContain(piece.id);

  // By keys: the next piece, the next error.
  await page.getByRole('grid', { name: 'Errors' }).press('ArrowRight');
  await expect(page.getByText(/^piece 3 of /)).toBeVisible();
  await page.keyboard.press('ArrowDown');
  const next = result.splits.faults[1];
  await expect
    .poll(() => page.evaluate(() => window.floodlight.position()))
    .toEqual(next?.pieces[1]?.voxelZyx);
  const { violations } = await new AxeBuilder({ page }).include('.evaluation').analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)).toEqual([]);

  // Closed, nothing stands out any more.
  await page.getByRole('button', { name: 'Close the comparison of label layers' }).click();
  await expect(page.getByRole('region', { name: 'Evaluate' })).toBeHidden();
  await expect
    .poll(() => page.evaluate(() => window.floodlight.display().emphasizedIds))
    .toEqual({});
});

test('a segment of the page is judged in a box, comparisons are cancelled, refusals are shown', async ({
  openPage,
}) => {
  const page = await openPage({ source: dataSource('fib25/em.zarr', 'slow/20') });
  const { result, filled, cancelled, refused, steps } = await page.evaluate(async () => {
    const { floodlight } = window;
    const box = { originZyx: [90, 90, 90], shapeZyx: [70, 70, 70] } as const;
    const filled = await floodlight.segment({
      algorithm: 'flood-fill',
      seedZyx: [130, 157, 120],
      params: { low: 100, high: 255, connectivity: 6 },
      box,
    });
    const abort = new AbortController();
    const cancelled = floodlight
      .evaluate('google_ffn', 'groundtruth', undefined, { signal: abort.signal })
      .catch((error: Error) => error.name);
    // By now it is under way in the engine; a timer of a busy page may come after its end.
    abort.abort();
    let steps = 0;
    return {
      cancelled: await cancelled,
      filled,
      result: await floodlight.evaluate('segments', 'groundtruth', box, {
        ignoreZeroSegments: true,
        onProgress: () => steps++,
      }),
      refused: await floodlight.evaluate('segments', 'no such labels').catch((error) => error.code),
      steps,
    };
  });
  expect(cancelled).toBe('AbortError');
  expect(refused).toBe('UNKNOWN_LABEL_LAYER');
  expect(result.box).toEqual({ originZyx: [90, 90, 90], shapeZyx: [70, 70, 70] });
  expect(result.voxels).toBeLessThanOrEqual(filled.voxels);
  expect(result.segments).toBe(1);
  expect(result.merges.faults[0]?.id).toBe(String(filled.id));
  expect(steps).toBeGreaterThan(0);

  // The segment is selected where its error is looked at.
  await openPanel(page);
  await page.getByRole('row').filter({ hasText: /^1/ }).first().click();
  await expect
    .poll(() => page.evaluate(() => window.floodlight.display().selectedIds))
    .toEqual([filled.id]);
});
