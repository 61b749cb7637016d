import type { ChunkFiles } from './chunk-disk';
import { holdForLife } from './life-lock';
import { openByteFile, privateFolder } from './private-files';
import { type Channel, TabDisk, type TabSurroundings } from './tab-disk';

const FOLDER = 'chunks';
/** Whoever holds it has the files: one tab of the browser at a time. */
const LOCK = 'floodlight.chunks';
/** Of channels and locks; another number for other messages. */
const TABS = 'floodlight.tabs.1';
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

/** A channel by name. Messages are copied: ports, which could hand buffers over, cannot pass through it. */
function openChannel<Message>(
  name: string,
  onMessage: (message: Message) => void = () => {},
): Channel<Message> {
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }: MessageEvent<Message>) => onMessage(data);
  return { post: (message) => channel.postMessage(message), close: () => channel.close() };
}

/** This worker among those of the other tabs; alone, and without files, where the browser has no locks. */
function surroundings(): TabSurroundings {
  const id = crypto.randomUUID();
  const lifeOf = (tab: string) => `${TABS}.life.${tab}`;
  const { locks } = navigator as { locks?: LockManager };
  return {
    id,
    notices: (onNotice) => openChannel(TABS, onNotice),
    letters: (onLetter) => void openChannel(`${TABS}.to.${id}`, onLetter),
    lettersTo: (tab) => openChannel(`${TABS}.to.${tab}`),
    live: async () => {
      if (!locks) throw new DOMException('No locks', 'NotSupportedError');
      await holdForLife(lifeOf(id));
    },
    whenGone: async (tab) => {
      await locks?.request(lifeOf(tab), { mode: 'shared' }, () => {});
    },
    takeTurn: (work) => void locks?.request(LOCK, work).catch(() => {}),
    openFiles,
    now: () => Date.now(),
  };
}

/** The disk of this worker, whose cache it shares with those of the other tabs. */
export const startTabDisk = (): TabDisk => new TabDisk(surroundings());
