import { neurite } from './fixtures/fib25';
import { dataSource, expect, test } from './fixtures/floodlight';
import { mainThreadTasks, taskCategories } from './fixtures/main-thread';

/** From here on browsers call a task long. */
const LONG_MILLISECONDS = 50;

declare global {
  interface Window {
    longTasks: number[];
    contexts: string[];
  }
}

/** Notes in `window.contexts` what the page's own thread draws with from now on; workers are not looked into. */
function noteContexts(): void {
  window.contexts = [];
  for (const { prototype } of [HTMLCanvasElement, OffscreenCanvas]) {
    const { getContext } = prototype;
    Object.assign(prototype, {
      getContext(this: HTMLCanvasElement, ...args: Parameters<typeof getContext>) {
        window.contexts.push(String(args[0]));
        return Reflect.apply(getContext, this, args);
      },
    });
  }
}

/**
 * Tests share two cores between the page, the engine, the codecs, a graphics card in software and the server: a task of 10 ms
 * may well lie there for 100. What is certain is the processor's time that the main thread takes for a task, which Chromium's
 * trace tells; what its observer of long tasks saw, waiting included, is told beside it.
 */
test('no task of the page is long while bricks stream in, views move and zoom, and a fill grows', async ({
  page: blank,
  openPage,
  browser,
}) => {
  await blank.addInitScript(noteContexts);
  const page = await openPage({ source: dataSource('fib25/em.zarr', 'slow/20') });
  await page.evaluate(() => window.floodlight.settled());
  await expect.poll(() => page.locator('[data-triangles]').count()).toBe(1);
  await browser.startTracing(page, { categories: taskCategories });
  const { bricks, voxels } = await page.evaluate(async (seedZyx) => {
    const { floodlight } = window;
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    window.longTasks = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.longTasks.push(duration);
    }).observe({ type: 'longtask' });
    for (let step = 0; step < 30; step++) {
      floodlight.goTo([125, 10 + 8 * step, 240 - 8 * step]);
      await frame();
    }
    for (let step = 0; step < 30; step++) {
      floodlight.goTo([8 * step, 125, 125]);
      await frame();
    }
    const zoom = floodlight.zoom();
    for (let step = 0; step < 16; step++) {
      floodlight.setZoom(zoom * 2 ** (step < 8 ? step / 2 : (16 - step) / 2 - 2));
      await frame();
    }
    const params = { low: 140, high: 255 };
    const { voxels } = await floodlight.segment({ algorithm: 'flood-fill', seedZyx, params });
    await floodlight.settled();
    return { voxels, bricks: floodlight.stats().bricks };
  }, neurite);
  // Its surface comes after it.
  await expect.poll(() => page.locator('[data-triangles="0"]').count()).toBe(0);
  const tasks = mainThreadTasks(await browser.stopTracing());

  const seen = (await page.evaluate(() => window.longTasks)).map(Math.round);
  const slowest = tasks.toSorted((a, b) => b.processorMilliseconds - a.processorMilliseconds);
  const text = `${tasks.length} tasks; processor’s time at most ${slowest[0]?.processorMilliseconds.toFixed(1)} ms; long by the clock, in ms: ${seen.join(', ') || 'none'}`;
  test.info().annotations.push({ type: 'main thread', description: text });
  console.log(text);
  const long = tasks.filter((task) => task.milliseconds > LONG_MILLISECONDS);
  for (const { milliseconds, processorMilliseconds, causes } of long)
    console.log(
      `  ${milliseconds.toFixed(0)} ms, ${processorMilliseconds.toFixed(1)} of them busy: ${causes.join(', ')}`,
    );

  expect(voxels).toBeGreaterThan(2_000_000);
  expect(bricks).toMatchObject({ failed: 0, queued: 0, fetching: 0 });
  expect(bricks.resident).toBeGreaterThan(40);
  expect(tasks.length).toBeGreaterThan(100);
  // Each call to a graphics card that has to be answered would keep the page waiting.
  expect(await page.evaluate(() => window.contexts)).toEqual([]);
  expect(
    slowest.filter(({ processorMilliseconds }) => processorMilliseconds > LONG_MILLISECONDS),
  ).toEqual([]);
});
