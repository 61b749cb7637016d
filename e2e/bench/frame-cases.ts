/** How many pictures the slice views make of the same walk, in turns: with all bricks in memory, with none, and during a fill. */
import type { Zyx } from '../../src/core/vec';
import type { BackendId } from '../../src/engine/protocol';
import { serpentine } from '../../src/volume/testing/serpentine';
import { coldUrl, showNothing } from './cold';
import type { BenchCase, Contender } from './suite';
import { walk } from './walk';

export const frameUnits = {
  pictures: '1/s',
  'page frames': '1/s',
  gap: 'ms',
  'longest gap': 'ms',
  late: 'ms',
  latest: 'ms',
  'long tasks': '',
  'longest task': 'ms',
} as const;

async function measureWalk() {
  const wholeNmPerPixel = window.floodlight.zoom();
  const frames = await walk(wholeNmPerPixel);
  return {
    pictures: frames.pictures,
    'page frames': frames.frames,
    gap: frames.gap,
    'longest gap': frames.longestGap,
    late: frames.late,
    latest: frames.latest,
    'long tasks': frames.longTasks,
    'longest task': frames.longestTask,
  };
}

async function openCold(url: string): Promise<void> {
  await window.floodlight.open(coldUrl(url));
  await window.floodlight.settled();
}

const answer = async () => String(window.floodlight.volume().shapeZyx);

const warm = (url: string): Contender => ({
  name: 'floodlight/warm',
  async run() {
    await openCold(url);
    const wholeNmPerPixel = window.floodlight.zoom();
    await walk(wholeNmPerPixel);
    await window.floodlight.settled();
    return measureWalk();
  },
  answer,
  rest: showNothing,
});

const cold = (url: string): Contender => ({
  name: 'floodlight/cold',
  async run() {
    await openCold(url);
    return measureWalk();
  },
  answer,
  rest: showNothing,
});

/** During a fill of the corridor, which takes longer than the walk. */
const filling = (backend: BackendId, url: string, shapeZyx: Zyx): Contender => ({
  name: `floodlight/filling on ${backend}`,
  async run() {
    await window.floodlight.setBackend(backend);
    await openCold(url);
    const { seedZyx } = serpentine({ shapeZyx });
    const stop = new AbortController();
    let voxels = 0;
    const filled = window.floodlight
      .segment({
        algorithm: 'flood-fill',
        seedZyx,
        params: { low: 100, high: 255, connectivity: 6 },
        signal: stop.signal,
        onProgress: (progress) => {
          voxels = progress.voxels;
        },
      })
      .then(
        () => true,
        () => false,
      );
    while (voxels === 0) await new Promise(requestAnimationFrame);
    const before = voxels;
    const started = performance.now();
    const measured = await measureWalk();
    const rate = (voxels - before) / 1000 / (performance.now() - started);
    stop.abort();
    if (await filled) throw new Error('The fill was over before the walk.');
    return { ...measured, filled: rate };
  },
  answer,
  rest: showNothing,
});

const FILLED_EDGE = 2048;
const FILLED: Zyx = [FILLED_EDGE, FILLED_EDGE, FILLED_EDGE];

export const frameCases: readonly BenchCase[] = [
  {
    name: 'frames, fib25, 30 ms',
    source: 'slow/30/fib25/em.zarr',
    prepare: async (dataUrl) => {
      const url = `${dataUrl}/slow/30/fib25/em.zarr`;
      return [warm(url), cold(url)];
    },
  },
  {
    name: `frames, fill ${FILLED_EDGE}³`,
    source: `serpentine-${FILLED.join('x')}.zarr`,
    prepare: async (dataUrl) => {
      const url = `${dataUrl}/serpentine-${FILLED.join('x')}.zarr`;
      const backends: BackendId[] = window.floodlight.adapter ? ['cpu', 'webgpu'] : ['cpu'];
      return [warm(url), cold(url), ...backends.map((backend) => filling(backend, url, FILLED))];
    },
  },
];
