import type { EncodeBytes } from './chunk-encoding';

/** Encoded chunks by their place in the shard, C-ordered; those left out are the fill value. */
export type ShardChunks = ReadonlyMap<number, Promise<Uint8Array<ArrayBuffer>>>;

const ENTRY_BYTES = 16;

/**
 * A shard's file: its chunks, then the index (for each of `count` chunks offset and length, all ones where there is none) and
 * the index's CRC-32C. https://zarr-specs.readthedocs.io/en/latest/v3/codecs/sharding-indexed/
 */
export async function shardBytes(
  chunks: ShardChunks,
  count: number,
  encode: EncodeBytes,
): Promise<Uint8Array<ArrayBuffer>> {
  const index = new Uint8Array(count * ENTRY_BYTES).fill(0xff);
  const view = new DataView(index.buffer);
  const parts: Uint8Array[] = [];
  let end = 0;
  for (const place of [...chunks.keys()].sort((a, b) => a - b)) {
    const part = await chunks.get(place);
    if (!part) continue;
    view.setBigUint64(place * ENTRY_BYTES, BigInt(end), true);
    view.setBigUint64(place * ENTRY_BYTES + 8, BigInt(part.length), true);
    parts.push(part);
    end += part.length;
  }
  parts.push(await encode({ codec: 'crc32c', bytes: index }));
  const file = new Uint8Array(end + count * ENTRY_BYTES + 4);
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}
