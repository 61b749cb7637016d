import { ChunkDisk, type ChunkFiles } from './chunk-disk';
import { openByteFile, privateFolder } from './private-files';

const FOLDER = 'chunks';
/** Whoever holds it has the files: one tab of the browser at a time. */
const LOCK = 'floodlight.chunks';
/** How long reading waits for a tab that is just closing: a page that is loaded again gets the files of the one before. */
const WAIT_MILLISECONDS = 500;
const ATTEMPT_MILLISECONDS = 50;
const MOST_ATTEMPTS = 40;

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function openFiles(): Promise<ChunkFiles | undefined> {
  const folder = await privateFolder(FOLDER);
  for (let attempt = 0; folder && attempt < MOST_ATTEMPTS; attempt++) {
    try {
      const data = await openByteFile(folder, 'data');
      try {
        return { data, journal: await openByteFile(folder, 'journal') };
      } catch (error) {
        data.close();
        throw error;
      }
    } catch (error) {
      // The lock is let go of a moment before the files.
      const isOpen = error instanceof DOMException && error.name === 'NoModificationAllowedError';
      if (!isOpen) return undefined;
      await wait(ATTEMPT_MILLISECONDS);
    }
  }
  return undefined;
}

/**
 * The disk of this worker. Its cache belongs to the first tab that asks; the others do without, until that one is closed and the
 * next in line takes it over.
 */
export function startChunkDisk(): ChunkDisk {
  const disk = new ChunkDisk();
  if (!('locks' in navigator)) return disk;
  const channel = new BroadcastChannel(LOCK);
  channel.onmessage = () => disk.clearOwn();
  disk.clearOthers = () => channel.postMessage('clear');
  const isKnown = new Promise<void>((resolve) => {
    navigator.locks
      .request(LOCK, async () => {
        const files = await openFiles();
        if (files) disk.attach(files);
        resolve();
        if (files) await new Promise<never>(() => {});
      })
      .catch(resolve);
  });
  disk.ready = Promise.race([isKnown, wait(WAIT_MILLISECONDS)]);
  return disk;
}
