import Blosc from 'numcodecs/blosc';
import Zstd from 'numcodecs/zstd';

/** What of an array's metadata the checker goes by; it refuses all that it does not know. */
interface ShardedArray {
  readonly shape: readonly number[];
  readonly data_type: 'uint32' | 'uint64';
  readonly chunk_grid: {
    readonly name: 'regular';
    readonly configuration: { readonly chunk_shape: readonly number[] };
  };
  readonly codecs: readonly [
    {
      readonly name: string;
      readonly configuration: {
        readonly chunk_shape: readonly number[];
        readonly codecs: readonly [object, { readonly name: string }];
        readonly index_location: string;
      };
    },
  ];
}

const ABSENT = 2n ** 64n - 1n;

/** CRC-32C (RFC 3720), bit by bit. */
function crc32c(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc >>> 0;
}

/**
 * A reader of sharded arrays written from the specification alone, for tests: numcodecs decompresses, nothing of ours or of
 * zarrita's. It reads every shard of an array of three axes, checks what readers need not check (each chunk in the file once,
 * no gaps, no empty chunks, no empty or foreign files, a true checksum), and returns the voxels as numbers.
 */
export async function readShards(
  files: ReadonlyMap<string, Uint8Array>,
  path: string,
): Promise<Float64Array> {
  const text = new TextDecoder().decode(files.get(`${path}/zarr.json`));
  const { shape, data_type, chunk_grid, codecs }: ShardedArray = JSON.parse(text);
  const [nz = 0, ny = 0, nx = 0] = shape;
  const shard = chunk_grid.configuration.chunk_shape;
  const [{ name, configuration }] = codecs;
  if (name !== 'sharding_indexed' || configuration.index_location !== 'end')
    throw new Error('not sharded');
  const chunk = configuration.chunk_shape;
  const perShard = shard.map((edge, axis) => edge / (chunk[axis] ?? 1));
  const [cz = 0, cy = 0, cx = 0] = chunk;
  const [, py = 0, px = 0] = perShard;
  const count = perShard.reduce((product, edge) => product * edge, 1);
  const bytesPerVoxel = data_type === 'uint64' ? 8 : 4;
  const codec = configuration.codecs[1].name;
  const decoder =
    codec === 'zstd' ? Zstd.fromConfig({ id: 'zstd' }) : Blosc.fromConfig({ id: 'blosc' });
  const ids = new Float64Array(nz * ny * nx);

  const keys = [...files.keys()].filter((key) => key.startsWith(`${path}/c/`));
  for (const key of keys) {
    const [sz = 0, sy = 0, sx = 0, ...more] = key.slice(`${path}/c/`.length).split('/').map(Number);
    if (more.length > 0) throw new Error(`${key} is no shard`);
    const bytes = files.get(key) ?? new Uint8Array();
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const indexAt = bytes.length - count * 16 - 4;
    if (view.getUint32(bytes.length - 4, true) !== crc32c(bytes.subarray(indexAt, -4)))
      throw new Error(`the index of ${key} has another checksum`);
    let end = 0;
    for (let place = 0; place < count; place++) {
      const offset = view.getBigUint64(indexAt + place * 16, true);
      const length = view.getBigUint64(indexAt + place * 16 + 8, true);
      if (offset === ABSENT && length === ABSENT) continue;
      if (Number(offset) !== end || length === 0n) throw new Error(`${key} has a gap at ${end}`);
      end += Number(length);
      const decoded = await decoder.decode(bytes.subarray(Number(offset), end));
      const raw = new DataView(decoded.buffer, decoded.byteOffset, decoded.byteLength);
      if (raw.byteLength !== cz * cy * cx * bytesPerVoxel)
        throw new Error(`${key} has a short chunk`);
      const z0 = sz * (shard[0] ?? 0) + Math.floor(place / (py * px)) * cz;
      const y0 = sy * (shard[1] ?? 0) + (Math.floor(place / px) % py) * cy;
      const x0 = sx * (shard[2] ?? 0) + (place % px) * cx;
      let isEmpty = true;
      for (let at = 0; at < cz * cy * cx; at++) {
        const id =
          data_type === 'uint64'
            ? Number(raw.getBigUint64(at * 8, true))
            : raw.getUint32(at * 4, true);
        if (id === 0) continue;
        isEmpty = false;
        const z = z0 + Math.floor(at / (cy * cx));
        const y = y0 + (Math.floor(at / cx) % cy);
        const x = x0 + (at % cx);
        if (z >= nz || y >= ny || x >= nx) throw new Error(`${key} has a label past the end`);
        ids[(z * ny + y) * nx + x] = id;
      }
      if (isEmpty) throw new Error(`${key} has an empty chunk`);
    }
    if (end !== indexAt || end === 0) throw new Error(`${key} is not filled by its chunks`);
  }
  return ids;
}
