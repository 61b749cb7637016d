import { bytesOf } from '../core/dtype';
import { normalizedBytes } from '../normalize/linear';
import { codecFailed } from './codec-failed';
import type { DecodeJob, DecodeStep } from './job';
import { failureOf } from './reasons';
import { runStep } from './run-step';
import type { CodecInstance } from './wasm-codecs';

/** Bytes that a step takes, where it takes no others. */
function inputBytes(step: DecodeStep): number | undefined {
  switch (step.codec) {
    case 'shuffle':
    case 'swap':
      return step.count * step.elementBytes;
    case 'delta':
      return step.count * bytesOf[step.element];
    case 'fixedscaleoffset':
      return step.count * bytesOf[step.from];
    case 'normalize':
      return step.count * bytesOf[step.from];
    case 'transpose':
      return step.shape.reduce((product, size) => product * size, step.elementBytes);
    default:
      return undefined;
  }
}

/** Bytes that a step makes, where it makes no others. */
function resultBytes(step: DecodeStep): number | undefined {
  if (step.codec === 'fixedscaleoffset') return step.count * bytesOf[step.to];
  if (step.codec === 'normalize') return step.count * normalizedBytes(step.to);
  return inputBytes(step);
}

const isInPlace = ({ codec }: DecodeStep): boolean =>
  codec === 'crc32c' || codec === 'swap' || codec === 'delta';

/** What the input and the two blocks that results alternate between take. */
function blockSizes({ steps, bytes }: DecodeJob): [number, number, number] {
  const outputs = steps
    .filter((step) => !isInPlace(step))
    .map((step) => ('mostBytes' in step ? step.mostBytes : (resultBytes(step) ?? 0)));
  const most = (parity: number) => Math.max(0, ...outputs.filter((_, at) => at % 2 === parity));
  return [bytes.length, most(0), most(1)];
}

function checkLength(bytes: number, wanted: number | undefined, codec: string): void {
  if (wanted !== undefined && bytes !== wanted)
    throw codecFailed(codec, `it has ${bytes} bytes instead of ${wanted}`);
}

/**
 * Does a job in the memory of an instance; the result is a copy, into a buffer of `decodedBytes` or a new one. CODEC_FAILED or
 * BUDGET_EXCEEDED as `Coder` has it.
 */
export function decodeIn(
  instance: CodecInstance,
  job: DecodeJob,
  into?: ArrayBuffer,
): Uint8Array<ArrayBuffer> {
  const { arena } = instance;
  const sizes = blockSizes(job);
  let [at, next, other] = arena.layout([...sizes, 0]);
  let length = job.bytes.length;
  let codec = 'bytes';
  arena.bytes(at, length).set(job.bytes);
  for (const step of job.steps) {
    checkLength(length, inputBytes(step), codec);
    // The scratch lies last: laying it out anew moves nothing else.
    const scratch = (bytes: number) => arena.layout([...sizes, bytes])[3];
    const result = runStep(instance, step, { at, length }, next, scratch);
    if (result < 0) throw failureOf(result, step, arena.bytes(at, length));
    length = resultBytes(step) ?? result;
    if (!isInPlace(step)) [at, next, other] = [next, other, next];
    codec = step.codec === 'swap' ? 'bytes' : step.codec;
  }
  checkLength(length, job.decodedBytes, codec);
  const result = arena.bytes(at, length);
  if (!into) return result.slice();
  const target = new Uint8Array(into);
  target.set(result);
  return target;
}
