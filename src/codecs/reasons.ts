import { FloodlightError } from '../core/errors';
import { type StatusName, statusName } from '../wasm/status';
import { codecFailed } from './codec-failed';
import type { DecodeStep } from './job';

/** A size in words: exact below 1 KiB. */
export function sizeText(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB'];
  const unit = Math.min(3, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const size = bytes / 1024 ** unit;
  return `${Number.isInteger(size) ? size : size.toFixed(1)} ${units[unit]}`;
}

/** Little-endian at the head of a container; undefined in one that is too short. */
const headerNumber = (input: Uint8Array, at: number): number | undefined =>
  input.length < at + 4
    ? undefined
    : new DataView(input.buffer, input.byteOffset, input.byteLength).getUint32(at, true);

/** Where containers tell how long their content is. */
const LENGTH_AT: Readonly<Partial<Record<DecodeStep['codec'], number>>> = { blosc: 4, lz4: 0 };

function tooLarge(step: DecodeStep, input: Uint8Array): string {
  if (!('mostBytes' in step)) return 'it is too large';
  const at = LENGTH_AT[step.codec];
  const claimed = at === undefined ? undefined : headerNumber(input, at);
  const room = sizeText(step.mostBytes);
  return claimed !== undefined && claimed > step.mostBytes
    ? `it claims ${sizeText(claimed)}, there should be ${room}`
    : `it holds more than the ${room} that there should be`;
}

/** Bits 5 to 7 of the flags, byte 2 of a blosc container. */
const BLOSC_COMPRESSORS = ['blosclz', 'lz4', 'snappy', 'zlib', 'zstd'];

function unsupported({ codec }: DecodeStep, input: Uint8Array): string {
  if (codec !== 'blosc') return 'it is of a kind that is not supported';
  const compressor = BLOSC_COMPRESSORS[(input[2] ?? 0) >> 5] ?? 'an unknown compressor';
  return `blosc with ${compressor} is not supported`;
}

const reasons: Readonly<
  Record<Exclude<StatusName, 'argument'>, (step: DecodeStep, input: Uint8Array) => string>
> = {
  truncated: () => 'it ends too early',
  corrupt: ({ codec }) => `it is damaged, or no ${codec} data`,
  tooLarge,
  unsupported,
  checksum: () => 'its checksum is wrong',
};

/** What a negative result of a step says in words: CODEC_FAILED; INTERNAL where the step itself was wrong. */
export function failureOf(result: number, step: DecodeStep, input: Uint8Array): FloodlightError {
  const status = statusName(result);
  if (status === undefined || status === 'argument')
    return new FloodlightError('INTERNAL', { reason: `${step.codec} returned ${result}` });
  return codecFailed(step.codec, reasons[status](step, input));
}
