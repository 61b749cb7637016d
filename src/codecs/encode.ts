import { gzipSync } from 'fflate';
import { FloodlightError } from '../core/errors';
import { codecFailed } from './codec-failed';
import type { EncodeJob } from './job';
import type { CodecInstance } from './wasm-codecs';

type GzipLevel = Extract<Parameters<typeof gzipSync>[1], object>['level'];

/** The numbers of blosc's containers. */
const SHUFFLES = { none: 0, byte: 1, bit: 2 } as const;
const CRC_BYTES = 4;

type JobOf<Codec extends EncodeJob['codec']> = Extract<EncodeJob, { readonly codec: Codec }>;

function checkLevel(
  { codec, level }: { codec: string; level: number },
  least: number,
  most: number,
) {
  if (!Number.isInteger(level) || level < least || level > most)
    throw codecFailed(codec, `level ${level} is not one of ${least} to ${most}`);
}

function checkResult(codec: string, result: number): number {
  if (result < 0)
    throw new FloodlightError('INTERNAL', { reason: `encoding by ${codec} returned ${result}` });
  return result;
}

function zstd({ arena, call }: CodecInstance, { bytes, level, checksum }: JobOf<'zstd'>) {
  const bound = call.zstd_encode_bound(bytes.length);
  const needed = checkResult('zstd', call.zstd_encode_scratch(level, bytes.length));
  const [from, to, scratch] = arena.layout([bytes.length, bound, needed]);
  arena.bytes(from, bytes.length).set(bytes);
  const result = call.zstd_encode(
    ...[from, bytes.length, to, bound, level, Number(checksum), scratch, needed],
  );
  return arena.bytes(to, checkResult('zstd', result)).slice();
}

function blosc({ arena, call }: CodecInstance, job: JobOf<'blosc'>) {
  const { bytes, level, elementBytes, shuffle } = job;
  const bound = call.blosc_encode_bound(bytes.length);
  const needed = checkResult('blosc', call.blosc_encode_scratch(bytes.length, elementBytes, level));
  const [from, to, scratch] = arena.layout([bytes.length, bound, needed]);
  arena.bytes(from, bytes.length).set(bytes);
  const settings = [elementBytes, SHUFFLES[shuffle], level];
  const result = call.blosc_encode(
    ...[from, bytes.length, to, bound, ...settings, scratch, needed],
  );
  return arena.bytes(to, checkResult('blosc', result)).slice();
}

function crc32c({ arena, call }: CodecInstance, { bytes }: JobOf<'crc32c'>) {
  const [at] = arena.layout([bytes.length + CRC_BYTES]);
  arena.bytes(at, bytes.length).set(bytes);
  return arena.bytes(at, checkResult('crc32c', call.crc32c_append(at, bytes.length))).slice();
}

/** Does a job in the memory of an instance, as `Coder` has it; the result is a copy. */
export function encodeIn(instance: CodecInstance, job: EncodeJob): Uint8Array<ArrayBuffer> {
  switch (job.codec) {
    case 'blosc':
      checkLevel(job, 1, 9);
      return blosc(instance, job);
    case 'zstd':
      checkLevel(job, 1, 22);
      return zstd(instance, job);
    case 'crc32c':
      return crc32c(instance, job);
    case 'gzip':
      checkLevel(job, 0, 9);
      // Not CompressionStream, which knows no levels. Without a time, so that equal bytes stay equal.
      return new Uint8Array(gzipSync(job.bytes, { level: job.level as GzipLevel, mtime: 0 }));
  }
}
