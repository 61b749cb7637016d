import { expect, it, onTestFinished } from 'vitest';
import type { Files } from '../volume/testing/array-files';
import { FakeDirectory } from '../volume/testing/fake-directory';
import { putImage } from '../volume/testing/multiscale-files';
import { volumeLayer } from './protocol';
import { displayOf, LOOK, TestEngine, unreadOf, VIEWS } from './testing-engine';

/** A long image of 16 chunks along x, with a coarse level. */
async function filesOfVolume(): Promise<Map<string, Uint8Array>> {
  const made: Files = new Map();
  const level = { dtype: 'uint8', valueAt: (index: number) => 1 + (index % 250) } as const;
  await putImage(made, '', {
    ome: '0.5',
    scale: [4, 4, 4],
    levels: [
      { ...level, shape: [64, 64, 1024], chunks: [64, 64, 64] },
      { ...level, shape: [8, 8, 128], chunks: [8, 8, 128] },
    ],
  });
  return new Map([...made].map(([path, file]) => [path.slice(1), file]));
}

it('where chunks of a folder went before its metadata it is drawn as unread once those are gone', async () => {
  const under = new TestEngine();
  onTestFinished(() => under.end());
  const files = await filesOfVolume();
  await under.start('cpu');
  const { handle } = new FakeDirectory('em.zarr', files);
  const info = await under.engine.open(handle);
  await under.attachViews();
  under.engine.setDisplay(displayOf(volumeLayer(info)));
  const lookAt = async (x: number) => {
    for (const view of VIEWS)
      under.engine.setView(view, { ...LOOK, centerZyx: [32, 32, x], nmPerPixel: 2 });
    await under.engine.settled();
    return (unreadOf(under.events) ?? []).reduce((sum, { bricks }) => sum + bricks, 0);
  };
  for (const path of files.keys()) if (/^s0\/c\/0\/0\/1\d$/.test(path)) files.delete(path);
  expect(await lookAt(850)).toBe(0);
  const before = new Map(files);
  files.clear();
  const elsewhere = await lookAt(96);
  expect(elsewhere).toBeGreaterThan(0);
  expect(await lookAt(850)).toBeGreaterThan(elsewhere);
  for (const [path, file] of before) files.set(path, file);
  under.engine.retryFailed();
  expect(await lookAt(850)).toBe(0);
});
