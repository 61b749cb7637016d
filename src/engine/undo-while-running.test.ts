import { afterEach, expect, it } from 'vitest';
import type { Zyx } from '../core/vec';
import { testThreads } from '../segment/cpu/testing';
import { computedVolume, valueOfChunk } from '../volume/testing/computed-volume';
import { TestEngine } from './testing-engine';

const under = new TestEngine({ startThreads: () => testThreads(1) });
const { engine } = under;
afterEach(() => under.end());

/** The chunks of a volume, of different values. */
const FIRST: Zyx = [0, 0, 0];
const SECOND: Zyx = [0, 0, 1];

/** Fills a chunk. */
const fill = (job: number, chunkZyx: Zyx) => {
  const value = valueOfChunk(chunkZyx);
  const [z, y, x] = chunkZyx;
  return engine.segment(job, {
    algorithm: 'flood-fill',
    seedZyx: [64 * z, 64 * y, 64 * x],
    params: { low: value, high: value },
  });
};

const ids = () =>
  under.events.findLast((event) => event.type === 'segments')?.segments.map(({ id }) => id);

it('takes back what runs, and leaves what is finished and what can be done again', async () => {
  await under.start('cpu');
  await engine.open(computedVolume([64, 64, 128]));
  await fill(1, FIRST);
  const running = fill(2, SECOND).catch((error: Error) => error.name);
  await engine.setPaused(2, true);
  expect(await engine.redo()).toBe(false);
  expect(await engine.undo()).toBe(true);
  expect(await running).toBe('AbortError');
  expect(ids()).toEqual([1]);
  expect(await engine.redo()).toBe(false);

  // While one runs nothing is done again: its end would be another edit.
  expect(await engine.undo()).toBe(true);
  expect(ids()).toEqual([]);
  const again = fill(3, SECOND).catch((error: Error) => error.name);
  await engine.setPaused(3, true);
  expect(await engine.redo()).toBe(false);
  expect(await engine.undo()).toBe(true);
  expect(await again).toBe('AbortError');
  expect(await engine.redo()).toBe(true);
  expect(ids()).toEqual([1]);
});
