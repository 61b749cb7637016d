import type { Page } from '@playwright/test';
import type { ViewId } from '../src/core/slice-geometry';
import { serpentine } from '../src/volume/testing/serpentine';
import { dataSource, expect, test } from './fixtures/floodlight';

const VIEWS: readonly ViewId[] = ['xy', 'zy', 'xz'];
const EDGE = 2048;
const { seedZyx } = serpentine({ shapeZyx: [EDGE, EDGE, EDGE] });
const WALKS_MILLISECONDS = 300_000;
/** Of places that no picture showed before, in each view. */
const NEWER = 12;
/** Of the page, without a newer picture: by then none comes any more. */
const MOST_FRAMES = 2000;
/** A chunk's address ends in level, z, y, x. */
const CHUNK = /em\.zarr\/\d\/\d+\/\d+\/\d+$/;

declare global {
  interface Window {
    /** Told of each picture of a newer place. */
    newerPicture?: () => void;
    fill: { voxels: number; outcome: string };
  }
}

/**
 * Moves the slice views in each animation frame until they have shown so many newer places; returns the places that each view showed,
 * by the number of the step, one for each picture.
 */
function walk(page: Page): Promise<Record<ViewId, number[]>> {
  return page.evaluate(
    async ([views, newer, mostFrames]) => {
      const { floodlight } = window;
      const [z] = floodlight.position();
      const places = new Map<string, number>();
      const steps = Object.fromEntries(views.map((view) => [view, [] as number[]]));
      let frames = 0;
      const stop = floodlight.onPicture((picture) => {
        const known = steps.xy?.at(-1);
        for (const view of views) {
          // What the views showed before the walk is none of its places.
          const step = places.get(String(picture.views[view]?.centerZyx.map(Math.floor)));
          if (step !== undefined) steps[view]?.push(step);
        }
        if (steps.xy?.at(-1) === known) return;
        frames = 0;
        window.newerPicture?.();
      });
      const isOver = () => Object.values(steps).every((each) => new Set(each).size >= newer);
      for (let step = 0; !isOver() && frames < mostFrames; step++, frames++) {
        const place = [z, 20 + Math.floor(step / 200), 20 + (step % 200)] as const;
        places.set(String(place), step);
        floodlight.goTo(place);
        await new Promise(requestAnimationFrame);
      }
      stop();
      return steps as Record<ViewId, number[]>;
    },
    [VIEWS, NEWER, MOST_FRAMES] as const,
  );
}

function expectNewerPictures(steps: Record<ViewId, number[]>): void {
  for (const view of VIEWS) {
    expect(
      steps[view].toSorted((a, b) => a - b),
      `${view}, in order`,
    ).toEqual(steps[view]);
    expect(new Set(steps[view]).size, `${view}, newer pictures`).toBeGreaterThanOrEqual(NEWER);
  }
}

test('moving views are drawn while bricks stream in: with each picture one more chunk comes, and more are awaited', async ({
  openPage,
  page,
}) => {
  test.setTimeout(WALKS_MILLISECONDS);
  const held: (() => void)[] = [];
  let isHeld = true;
  await page.route(CHUNK, async (route) => {
    if (isHeld) await new Promise<void>((resolve) => held.push(resolve));
    await route.continue();
  });
  await openPage({ source: dataSource('fib25/em.zarr') });
  await expect.poll(() => held.length).toBeGreaterThan(0);
  await page.exposeFunction('newerPicture', () => held.shift()?.());
  const steps = await walk(page);
  expectNewerPictures(steps);
  expect(held.length, 'chunks that are still awaited').toBeGreaterThan(0);
  isHeld = false;
  for (const release of held) release();
  await page.evaluate(() => window.floodlight.settled());
  expect(await page.evaluate(() => window.floodlight.stats().bricksFailed)).toBe(0);
});

for (const backend of ['cpu', 'webgpu'] as const)
  test(`moving views are drawn while a fill grows on ${backend}`, async ({ openPage }) => {
    test.setTimeout(WALKS_MILLISECONDS);
    const page = await openPage({ source: dataSource(`serpentine-${EDGE}x${EDGE}x${EDGE}.zarr`) });
    const before = await page.evaluate(
      async ([backend, seedZyx]) => {
        const { floodlight } = window;
        await floodlight.setBackend(backend);
        window.fill = { voxels: 0, outcome: 'runs' };
        floodlight
          .segment({
            algorithm: 'flood-fill',
            seedZyx,
            params: { low: 100, high: 255, connectivity: 6 },
            onProgress: ({ voxels }) => {
              window.fill.voxels = voxels;
            },
          })
          .then(
            () => 'is over',
            ({ name }: Error) => name,
          )
          .then((outcome) => {
            window.fill.outcome = outcome;
          });
        while (window.fill.voxels === 0) await new Promise(requestAnimationFrame);
        return window.fill.voxels;
      },
      [backend, seedZyx] as const,
    );
    const steps = await walk(page);
    const fill = await page.evaluate(() => window.fill);
    expectNewerPictures(steps);
    expect(fill.outcome).toBe('runs');
    await expect.poll(() => page.evaluate(() => window.fill.voxels)).toBeGreaterThan(before);
    await page.evaluate(() => window.floodlight.cancel());
    await expect.poll(() => page.evaluate(() => window.fill.outcome)).toBe('AbortError');
  });
