/** What is to be decoded or encoded, as plain data: it lies in zarrita's metadata as JSON and crosses to workers. */
import type { ImageDtype, NativeDtype } from '../core/dtype';
import type { NormalizedDtype } from '../normalize/linear';

/** What steps compute with. */
export type ElementType = NativeDtype;

/** Codecs whose result is as long as the data say: at most `mostBytes`, as the metadata say. */
export type Compressor = 'blosc' | 'zstd' | 'lz4' | 'gzip' | 'zlib';

/** One step of decoding, named like the codec that it undoes; those of known size tell how many elements they take. */
export type DecodeStep =
  | { readonly codec: Compressor; readonly mostBytes: number }
  | { readonly codec: 'crc32c' }
  | {
      readonly codec: 'shuffle' | 'swap';
      readonly elementBytes: number;
      readonly count: number;
    }
  | { readonly codec: 'delta'; readonly element: ElementType; readonly count: number }
  | {
      readonly codec: 'fixedscaleoffset';
      /** As stored, and as they become: stored / scale + offset. */
      readonly from: ElementType;
      readonly to: ElementType;
      readonly scale: number;
      readonly offset: number;
      readonly count: number;
    }
  | {
      readonly codec: 'transpose';
      readonly elementBytes: number;
      /** As stored. */
      readonly shape: readonly number[];
      /** For each axis of the result the stored one. */
      readonly axes: readonly number[];
    }
  | {
      /** No codec, but what may follow them: voxel · scale + offset, as of src/normalize. */
      readonly codec: 'normalize';
      readonly from: ImageDtype;
      readonly to: NormalizedDtype;
      readonly scale: number;
      readonly offset: number;
      readonly count: number;
    };

/** How the bytes of every chunk of an array become C-ordered little-endian elements. */
export interface DecodePlan {
  /** In the order of decoding. */
  readonly steps: readonly DecodeStep[];
  /** Of the result, exactly. */
  readonly decodedBytes: number;
  /** Before decoding, where all chunks have the same size. */
  readonly encodedBytes?: number;
}

export interface DecodeJob extends DecodePlan {
  /** Given away: its buffer may be transferred. */
  readonly bytes: Uint8Array;
}

/** How bytes are encoded: what readers of Zarr version 3 decode by the same name. */
export type Encoding =
  | {
      /** With zstd inside. */
      readonly codec: 'blosc';
      readonly elementBytes: number;
      readonly shuffle: 'none' | 'byte' | 'bit';
      /** 1 to 9. */
      readonly level: number;
    }
  /** Levels 1 to 22. */
  | { readonly codec: 'zstd'; readonly level: number; readonly checksum: boolean }
  /** Levels 0 to 9. */
  | { readonly codec: 'gzip'; readonly level: number }
  | { readonly codec: 'crc32c' };

export type EncodeJob = Encoding & {
  /** Given away: its buffer may be transferred. */
  readonly bytes: Uint8Array;
};

/** What a chunk may take as stored; nothing longer is fetched or decoded. */
export const mostStoredBytes = (decodedBytes: number): number => 2 * decodedBytes + 2 ** 16;
