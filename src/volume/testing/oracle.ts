import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as zarr from 'zarrita';
import type { Box } from '../../core/box';
import type { Files } from './array-files';

/** Files as zarrita reads them, by ranges too, as shards are read. */
export const asReadable = (files: Files): zarr.Readable => ({
  get: async (key) => files.get(key),
  async getRange(key, range) {
    const bytes = files.get(key);
    if ('suffixLength' in range) return bytes?.slice(-range.suffixLength);
    return bytes?.slice(range.offset, range.offset + range.length);
  },
});

/** zarrita's own view of files or of a folder: no HTTP, nothing of the code under test. */
export async function openWithZarrita(source: Files | string, at: string) {
  const store: zarr.Readable =
    typeof source === 'string'
      ? { get: (key) => readFile(path.join(source, key)).catch(() => undefined) }
      : asReadable(source);
  return zarr.open(zarr.root(store).resolve(at), { kind: 'array' });
}

/** The voxels of a box inside the array, in C order, as zarrita reads them. */
export async function readWithZarrita(
  array: Awaited<ReturnType<typeof openWithZarrita>>,
  { originZyx, shapeZyx }: Box,
): Promise<(number | bigint)[]> {
  const selection = originZyx.map((start, axis) =>
    zarr.slice(start, start + (shapeZyx[axis] ?? 0)),
  );
  const { data, stride } = await zarr.get(array, selection);
  const values = data as ArrayLike<number | bigint>;
  const [depth, height, width] = shapeZyx;
  const [strideZ = 0, strideY = 0, strideX = 0] = stride;
  const ordered: (number | bigint)[] = [];
  for (let z = 0; z < depth; z++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        ordered.push(values[z * strideZ + y * strideY + x * strideX] ?? Number.NaN);
  return ordered;
}
