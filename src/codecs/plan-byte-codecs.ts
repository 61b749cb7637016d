import { z } from 'zod';
import { codecFailed } from './codec-failed';
import { type Compressor, type DecodeStep, mostStoredBytes } from './job';
import { parseConfiguration } from './plan-array-codecs';

/** Bytes as the codecs before have left them: this many, or, behind a compressor, at most this many. */
export interface BytesState {
  readonly bytes: number;
  readonly isExact: boolean;
}

export type PlanByteCodec = (
  state: BytesState,
  configuration: unknown,
) => { readonly encoded: BytesState; readonly step: DecodeStep };

const compressor =
  (codec: Compressor): PlanByteCodec =>
  ({ bytes }) => ({
    encoded: { bytes: mostStoredBytes(bytes), isExact: false },
    step: { codec, mostBytes: bytes },
  });

const CRC_BYTES = 4;
const crcSchema = z.object({ location: z.literal('end').optional() });

const crc32c: PlanByteCodec = ({ bytes, isExact }, configuration) => {
  parseConfiguration('crc32c', crcSchema, configuration);
  return { encoded: { bytes: bytes + CRC_BYTES, isExact }, step: { codec: 'crc32c' } };
};

const shuffleSchema = z.object({ elementsize: z.int().min(1).default(4) });

const shuffle: PlanByteCodec = (state, configuration) => {
  const { elementsize } = parseConfiguration('shuffle', shuffleSchema, configuration);
  const count = state.bytes / elementsize;
  if (!state.isExact || !Number.isInteger(count))
    throw codecFailed('shuffle', `elements of ${elementsize} bytes do not fit what it shuffles`);
  return { encoded: state, step: { codec: 'shuffle', elementBytes: elementsize, count } };
};

/** Codecs from bytes to bytes: what they make of bytes, and the step that undoes it. */
export const byteCodecs: ReadonlyMap<string, PlanByteCodec> = new Map([
  ['blosc', compressor('blosc')],
  ['zstd', compressor('zstd')],
  ['lz4', compressor('lz4')],
  ['gzip', compressor('gzip')],
  ['zlib', compressor('zlib')],
  ['crc32c', crc32c],
  ['shuffle', shuffle],
]);
