/** A reader of Zarr as one writes it with zarrita and numcodecs alone: what the streaming suite compares with. */
import * as zarr from 'zarrita';
import type { Zyx } from '../../src/core/vec';

export interface PlainLevel {
  readonly path: string;
  readonly version: 2 | 3;
}

export interface PlainView {
  /** Until the coarsest level's chunks are decoded, and until all are. */
  readonly firstMilliseconds: number;
  readonly fullMilliseconds: number;
  readonly decodedBytes: number;
  /** A voxel of the finest level, on one of the planes. */
  valueAt(zyx: Zyx): number;
}

/** Grid positions of the chunks that the three planes through a voxel cut. */
function chunksOfPlanes(shape: readonly number[], chunks: readonly number[], at: Zyx): Zyx[] {
  const [depth = 0, height = 0, width = 0] = shape.map((size, axis) =>
    Math.ceil(size / (chunks[axis] ?? 1)),
  );
  const middle = at.map((each, axis) => Math.floor(each / (chunks[axis] ?? 1)));
  const cut: Zyx[] = [];
  for (let z = 0; z < depth; z++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        if (z === middle[0] || y === middle[1] || x === middle[2]) cut.push([z, y, x]);
  return cut;
}

/**
 * Opens u8 levels, coarsest first, the finest last, and reads of each the chunks of three planes through a finest voxel, all at
 * once. It is told version and paths, which a page has to find out, at the same time: zarrita reads attributes, then metadata.
 */
export async function readPlainly(
  url: string,
  levels: readonly PlainLevel[],
  atZyx: Zyx,
): Promise<PlainView> {
  const started = performance.now();
  const root = zarr.root(new zarr.FetchStore(url));
  const finest = new Map<string, Uint8Array>();
  let decodedBytes = 0;
  let firstMilliseconds = 0;
  let size: Zyx = [1, 1, 1];
  const read = async ({ path, version }: PlainLevel, level: number): Promise<void> => {
    const at = path === '' ? root : root.resolve(path);
    const open = version === 2 ? zarr.open.v2 : zarr.open.v3;
    const array = await open(at, { kind: 'array' });
    const step = 2 ** (levels.length - 1 - level);
    const place: Zyx = [atZyx[0] / step, atZyx[1] / step, atZyx[2] / step];
    const [z = 1, y = 1, x = 1] = array.chunks;
    const one = async (chunk: Zyx): Promise<void> => {
      const data = (await array.getChunk([...chunk])).data as Uint8Array;
      decodedBytes += data.byteLength;
      if (step === 1) finest.set(chunk.join('/'), data);
    };
    await Promise.all(chunksOfPlanes(array.shape, array.chunks, place).map(one));
    if (level === 0) firstMilliseconds = performance.now() - started;
    if (step === 1) size = [z, y, x];
  };
  await Promise.all(levels.map(read));
  return {
    firstMilliseconds,
    fullMilliseconds: performance.now() - started,
    decodedBytes,
    valueAt(zyx) {
      const chunk = zyx.map((at, axis) => Math.floor(at / (size[axis] ?? 1))).join('/');
      const [z, y, x] = zyx.map((at, axis) => at % (size[axis] ?? 1));
      const data = finest.get(chunk);
      return data?.[((z ?? 0) * size[1] + (y ?? 0)) * size[2] + (x ?? 0)] ?? 0;
    },
  };
}
