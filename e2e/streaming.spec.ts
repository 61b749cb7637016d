import type { Page } from '@playwright/test';
import { neurite } from './fixtures/fib25';
import { dataSource, expect, test } from './fixtures/floodlight';
import { yieldGraphics } from './fixtures/graphics-process';
import { mainThreadTasks, taskCategories } from './fixtures/main-thread';

/** From here on browsers call a task long. */
const LONG_MILLISECONDS = 50;
const MOST_WALKS = 6;
/** For all of them; one takes ten seconds where nothing else is at work. */
const WALKS_MILLISECONDS = 600_000;

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

/** Moves and zooms through slices, then fills, all while bricks stream in; notes what its long tasks took, and resolves with how many voxels were filled. */
function walk(page: Page) {
  return page.evaluate(async (seedZyx) => {
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
    return voxels;
  }, neurite);
}

/**
 * What takes the page's thread long does so in each walk; what only had to wait for a core that it shares with all else that the
 * machine does, in one of many. So one walk of a few has to be without long tasks; no task of any may be at work for so long.
 */
test('no task of the page is long while bricks stream in, views move and zoom, and a fill grows', async ({
  openPage,
  context,
  browser,
}) => {
  test.setTimeout(WALKS_MILLISECONDS);
  await context.addInitScript(noteContexts);
  await yieldGraphics(browser);
  let seen: number[] = [];
  for (let walks = 0; walks < MOST_WALKS; walks++) {
    const page = await openPage({ source: dataSource('fib25/em.zarr', 'slow/20') });
    await page.evaluate(() => window.floodlight.settled());
    await expect.poll(() => page.locator('[data-triangles]').count()).toBe(1);
    await browser.startTracing(page, { categories: taskCategories });
    const voxels = await walk(page);
    // Its surface comes after it.
    await expect
      .poll(() => page.locator('[data-triangles="0"]').count(), { timeout: 60_000 })
      .toBe(0);
    const tasks = mainThreadTasks(await browser.stopTracing());

    seen = (await page.evaluate(() => window.longTasks)).map(Math.round);
    const busy = Math.max(...tasks.map(({ processorMilliseconds }) => processorMilliseconds));
    const text = `${tasks.length} tasks, at work for ${busy.toFixed(1)} ms at most; long by the clock, in ms: ${seen.join(', ') || 'none'}`;
    test.info().annotations.push({ type: 'main thread', description: text });
    console.log(text);
    const long = tasks.filter((task) => task.milliseconds > LONG_MILLISECONDS);
    for (const { milliseconds, processorMilliseconds, causes } of long)
      console.log(
        `  ${milliseconds.toFixed(0)} ms, ${processorMilliseconds.toFixed(1)} of them at work: ${causes.join(', ')}`,
      );

    expect(voxels).toBeGreaterThan(2_000_000);
    const bricks = () => page.evaluate(() => window.floodlight.stats().bricks);
    // What is read ahead comes after what is seen.
    await expect.poll(bricks).toMatchObject({ failed: 0, queued: 0, fetching: 0 });
    expect((await bricks()).resident).toBeGreaterThan(40);
    expect(tasks.length).toBeGreaterThan(100);
    // Each call to a graphics card that has to be answered would keep the page waiting.
    expect(await page.evaluate(() => window.contexts)).toEqual([]);
    expect(busy).toBeLessThan(LONG_MILLISECONDS);
    if (seen.length === 0) break;
  }
  expect(seen).toEqual([]);
});
