import type { Zyx } from '../../core/vec';

const CHUNK = 64;

/** The value of all voxels of a chunk. */
export const valueOfChunk = ([z, y, x]: Zyx): number => (z * 73 + y * 179 + x * 283) % 251;

/** The files of a bare u8 array in chunks of 64³ that are computed when they are asked for: as large as need be. */
export function computedVolume(
  shapeZyx: Zyx,
  bytesOfChunk: (chunkZyx: Zyx) => Uint8Array<ArrayBuffer> = (chunkZyx) =>
    new Uint8Array(CHUNK ** 3).fill(valueOfChunk(chunkZyx)),
): ReadonlyMap<string, Blob> {
  const metadata = {
    zarr_format: 3,
    node_type: 'array',
    shape: shapeZyx,
    data_type: 'uint8',
    chunk_grid: { name: 'regular', configuration: { chunk_shape: [CHUNK, CHUNK, CHUNK] } },
    chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
    codecs: [{ name: 'bytes', configuration: { endian: 'little' } }],
    fill_value: 0,
  };
  const get = (path: string): Blob | undefined => {
    if (path === 'zarr.json') return new Blob([JSON.stringify(metadata)]);
    const [, z, y, x] = /^c\/(\d+)\/(\d+)\/(\d+)$/.exec(path) ?? [];
    if (x === undefined) return undefined;
    return new Blob([bytesOfChunk([Number(z), Number(y), Number(x)])]);
  };
  return { get } as ReadonlyMap<string, Blob>;
}
