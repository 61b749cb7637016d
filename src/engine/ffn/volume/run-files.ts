import type { ByteFile, ByteFolder } from '../../../core/byte-file';
import { xxh32 } from '../../../disk/xxh32';

/** What runs that were broken off may take together, beside the one that runs. */
const MOST_RUNS = 16;
const MOST_BYTES = 2 ** 28;

/** A name for a run, of the text that says which it is; where two have the same the later one takes the place of the other. */
const nameOf = (run: string): string =>
  xxh32(new TextEncoder().encode(run)).toString(16).padStart(8, '0');

/** Opens a run's file; of the others the empty ones are removed, and beyond some number and some bytes those written to longest ago. */
export async function openRunFile(
  folder: ByteFolder,
  run: string,
  limits = { runs: MOST_RUNS, bytes: MOST_BYTES },
): Promise<ByteFile> {
  const name = nameOf(run);
  const others = (await folder.list()).filter((other) => other.name !== name);
  let [runs, bytes] = [0, 0];
  for (const other of others.toSorted((a, b) => b.modified - a.modified)) {
    runs++;
    bytes += other.bytes;
    if (other.bytes > 0 && runs <= limits.runs && bytes <= limits.bytes) continue;
    // Unless another tab writes to it now.
    await folder.remove(other.name).catch(() => {});
  }
  return folder.open(name);
}
