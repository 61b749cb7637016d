import type { StartWorker } from '../../src/segment/cpu/remote-thread';
import SegmentWorker from '../../src/segment/cpu/segment.worker?worker&inline';
import { SegmentThreads } from '../../src/segment/cpu/threads';

/** A worker of which the code is part of the suites' script. */
export const startWorker: StartWorker = (port) => {
  const worker = new SegmentWorker();
  worker.postMessage(port, [port]);
  return { broken: new Promise<never>(() => {}), terminate: () => worker.terminate() };
};

/** So many threads, or an error where the browser gives fewer. */
export async function segmentThreads<Name extends string>(
  count: number,
): Promise<SegmentThreads<Name>> {
  const threads = await SegmentThreads.start<Name>({ count, startWorker });
  if (threads.count !== count) throw new Error(`There are ${threads.count} threads, not ${count}.`);
  return threads;
}

/** How contenders on so many threads are called. */
export const threadsName = (count: number): string => `${count}-thread${count > 1 ? 's' : ''}`;
