import type { LabelFileDtype, LabelLayout } from './layout';

/** How bytes are encoded, as a part of what `Coder.encode` of src/codecs takes. */
export type LabelEncoding =
  | { readonly codec: 'zstd'; readonly level: number; readonly checksum: boolean }
  | {
      readonly codec: 'blosc';
      readonly elementBytes: number;
      readonly shuffle: 'none' | 'byte' | 'bit';
      readonly level: number;
    }
  | { readonly codec: 'crc32c' };

/** Encodes bytes, which it takes over, somewhere else. */
export type EncodeBytes = (
  job: LabelEncoding & { readonly bytes: Uint8Array<ArrayBuffer> },
  signal?: AbortSignal,
) => Promise<Uint8Array<ArrayBuffer>>;

export const ID_BYTES: Readonly<Record<LabelFileDtype, number>> = { uint32: 4, uint64: 8 };

const SHUFFLE_NAMES = { none: 'noshuffle', byte: 'shuffle', bit: 'bitshuffle' } as const;

/** How a layout's chunks are encoded. */
export function chunkEncoding({ codec, level, shuffle, dtype }: LabelLayout): LabelEncoding {
  if (codec === 'zstd') return { codec, level, checksum: false };
  return { codec, level, shuffle, elementBytes: ID_BYTES[dtype] };
}

/** The same in the words of Zarr version 3. */
export function codecMetadata({ codec, level, shuffle, dtype }: LabelLayout): object {
  if (codec === 'zstd') return { name: codec, configuration: { level, checksum: false } };
  const configuration = {
    ...{ cname: 'zstd', clevel: level, shuffle: SHUFFLE_NAMES[shuffle] },
    ...{ typesize: ID_BYTES[dtype], blocksize: 0 },
  };
  return { name: codec, configuration };
}

/** Ids as the file has them, little-endian; takes the array over. */
export function idBytes(ids: Uint32Array<ArrayBuffer>, dtype: LabelFileDtype) {
  if (dtype === 'uint32') return new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength);
  const words = new Uint32Array(2 * ids.length);
  for (let at = 0; at < ids.length; at++) words[2 * at] = ids[at] ?? 0;
  return new Uint8Array(words.buffer);
}
