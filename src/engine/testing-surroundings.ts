import { testCoder } from '../codecs/testing/coder';
import { MemoryDisk } from '../core/testing/memory-disk';
import { TabDisk } from '../disk/tab-disk';
import { FakeBrowser } from '../disk/testing/fake-browser';
import { extractPatch } from '../mesh/extract-patch';
import { weld } from '../mesh/weld';
import { testThreads } from '../segment/cpu/testing';
import { fakeNetwork } from '../segment/ffn/testing';
import { openVolume } from '../volume/open-volume';
import type { EngineSurroundings } from './surroundings';
import { memoryValues } from './testing-values';

const GIBIBYTE = 2 ** 30;

/** What an engine needs in a test under Node, without an adapter unless one is given; a disk in memory. */
export const testSurroundings = (
  changes: Partial<EngineSurroundings> = {},
): EngineSurroundings => ({
  gpu: undefined,
  keptValues: memoryValues(),
  mesher: {
    workers: 1,
    extract: async (...args) => extractPatch(...args),
    weld: async (patches) => weld(patches),
  },
  createNetwork: async ({ fieldOfViewZyx }, maxBatch) => fakeNetwork(fieldOfViewZyx, maxBatch),
  encode: testCoder.encode,
  filter: testCoder.filter,
  savedFolder: async () => undefined,
  modelFolder: async () => undefined,
  fetch: (...request) => fetch(...request),
  startThreads: () => testThreads(1),
  openVolume: (source, access, signal, hosts) => openVolume(source, { ...access, signal, hosts }),
  disk: new TabDisk(new FakeBrowser().open()),
  defaultBudgets: async () => ({
    gpuBytes: GIBIBYTE,
    memoryBytes: GIBIBYTE,
    diskBytes: GIBIBYTE,
  }),
  openSpillFile: async () => new MemoryDisk().open('spilled'),
  runFolder: async () => new MemoryDisk().folder,
  requestFrame: (draw) => void setTimeout(draw, 0),
  ...changes,
});
