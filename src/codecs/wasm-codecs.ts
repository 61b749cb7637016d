import type { NormalizeFunction } from '../normalize/kernels';
import type { WasmInstance } from '../wasm/module';

/** What the module `codecs` exports, of what is used here; wasm/codecs and wasm/normalize tell what each takes. */
export type CodecFunction =
  | 'blosc_scratch'
  | 'blosc_decode'
  | 'blosc_encode_bound'
  | 'blosc_encode_scratch'
  | 'blosc_encode'
  | 'zstd_decode_scratch'
  | 'zstd_decode'
  | 'zstd_encode_bound'
  | 'zstd_encode_scratch'
  | 'zstd_encode'
  | 'lz4_decode'
  | 'inflate_scratch'
  | 'gzip_decode'
  | 'zlib_decode'
  | 'crc32c_verify'
  | 'crc32c_append'
  | 'swap_bytes'
  | 'unshuffle_bytes'
  | 'delta_decode'
  | 'fixed_scale_offset_decode'
  | 'transpose'
  | NormalizeFunction;

export type CodecInstance = WasmInstance<CodecFunction>;
