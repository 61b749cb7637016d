import { expect, it } from 'vitest';
import { MemoryDisk } from '../../../core/testing/memory-disk';
import { openRunFile } from './run-files';

const limits = { runs: 3, bytes: 100 };

/** Opens a run's file and writes to its end so many bytes. */
async function write(disk: MemoryDisk, run: string, bytes: number): Promise<void> {
  const file = await openRunFile(disk.folder, run, limits);
  file.write(new Uint8Array(bytes), { at: file.getSize() });
  file.close();
}
const sizes = (disk: MemoryDisk) => disk.list().map(({ bytes }) => bytes);

it('keeps a file for each run', async () => {
  const disk = new MemoryDisk();
  await write(disk, 'a', 1);
  await write(disk, 'b', 10);
  await write(disk, 'a', 4);
  expect(sizes(disk)).toEqual([5, 10]);
});

it('removes those written to longest ago, by number and by bytes, and what is empty', async () => {
  const disk = new MemoryDisk();
  for (const [index, run] of ['a', 'b', 'c', 'd'].entries()) await write(disk, run, index + 1);
  await write(disk, 'a', 10);
  expect(sizes(disk)).toEqual([11, 2, 3, 4]);
  await write(disk, 'e', 90);
  // Beside the one that is opened there are three.
  expect(sizes(disk)).toEqual([11, 3, 4, 90]);
  await write(disk, 'f', 0);
  expect(sizes(disk)).toEqual([90, 0]);
  await write(disk, 'g', 1);
  expect(sizes(disk)).toEqual([90, 1]);
});

it('leaves alone what another tab has open', async () => {
  const disk = new MemoryDisk();
  const taken = await openRunFile(disk.folder, 'a', limits);
  await write(disk, 'b', 1);
  expect(sizes(disk)).toEqual([0, 1]);
  await expect(openRunFile(disk.folder, 'a', limits)).rejects.toThrow('is open');
  taken.close();
});
