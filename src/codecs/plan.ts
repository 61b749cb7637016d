import { z } from 'zod';
import { bytesOf } from '../core/dtype';
import { codecFailed } from './codec-failed';
import type { Endian } from './element-type';
import type { DecodePlan, DecodeStep, ElementType } from './job';
import { type ArrayState, arrayCodecs, countOf, parseConfiguration } from './plan-array-codecs';
import { type BytesState, byteCodecs } from './plan-byte-codecs';

/** A codec as metadata of version 3 have it; filters and compressors of version 2 in the same form. */
export interface CodecMetadata {
  readonly name: string;
  readonly configuration?: Readonly<Record<string, unknown>> | undefined;
}

export interface ArrayToDecode {
  readonly element: ElementType;
  /** Of one chunk. */
  readonly shape: readonly number[];
  /** Where no codec says otherwise. */
  readonly endian: Endian;
}

const bytesSchema = z.object({ endian: z.enum(['little', 'big']).optional() });

/** The codec's name without the prefix that Python's numcodecs has in metadata of version 3. */
const plainName = (name: string): string => name.replace(/^numcodecs\./, '');

/**
 * How the chunks of an array are decoded that were encoded by these codecs, in the order of encoding: from array to array,
 * then `bytes`, which may be left out, then from bytes to bytes. CODEC_FAILED names one that cannot be undone.
 */
export function planDecode(codecs: readonly CodecMetadata[], array: ArrayToDecode): DecodePlan {
  const steps: DecodeStep[] = [];
  let state: ArrayState = array;
  let bytes: BytesState | undefined;
  for (const { name, configuration } of codecs) {
    const codec = plainName(name);
    const [arrayCodec, byteCodec] = [arrayCodecs.get(codec), byteCodecs.get(codec)];
    if (!arrayCodec && !byteCodec && codec !== 'bytes')
      throw codecFailed(codec, 'it is not supported');
    if (!byteCodec && bytes) throw codecFailed(codec, 'it cannot follow a codec of bytes');
    if (arrayCodec) {
      const { encoded, step } = arrayCodec(state, configuration);
      state = encoded;
      if (step) steps.push(step);
    } else if (byteCodec) {
      bytes ??= serialize(state, steps);
      const { encoded, step } = byteCodec(bytes, configuration);
      bytes = encoded;
      steps.push(step);
    } else {
      const { endian } = parseConfiguration('bytes', bytesSchema, configuration);
      bytes = serialize({ ...state, endian: endian ?? state.endian }, steps);
    }
  }
  const stored = bytes ?? serialize(state, steps);
  return {
    steps: steps.toReversed(),
    decodedBytes: countOf(array.shape) * bytesOf[array.element],
    ...(stored.isExact ? { encodedBytes: stored.bytes } : {}),
  };
}

/** The array as bytes, adding the step that makes big-endian elements little-endian. */
function serialize({ element, shape, endian }: ArrayState, steps: DecodeStep[]): BytesState {
  const elementBytes = bytesOf[element];
  const count = countOf(shape);
  if (endian === 'big' && elementBytes > 1) steps.push({ codec: 'swap', elementBytes, count });
  return { bytes: count * elementBytes, isExact: true };
}
