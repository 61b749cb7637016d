import { bytesOf } from '../core/dtype';
import { KIND } from '../normalize/kernels';
import type { DecodeStep, ElementType } from './job';
import type { CodecInstance } from './wasm-codecs';

/** Bytes in the memory of an instance. */
export interface Block {
  readonly at: number;
  readonly length: number;
}

/** Room for so many bytes until the next step. */
type Scratch = (bytes: number) => number;

type Run<Step extends DecodeStep> = (
  instance: CodecInstance,
  step: Step,
  input: Block,
  output: number,
  scratch: Scratch,
) => number;

type StepOf<Codec extends DecodeStep['codec']> = Extract<DecodeStep, { readonly codec: Codec }>;

/** The numbers of the element types in wasm/codecs. */
const kinds: Readonly<Record<ElementType, number>> = {
  uint8: 0,
  uint16: 1,
  uint32: 2,
  uint64: 3,
  int8: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  float32: 8,
  float64: 9,
};

const runs: { readonly [Codec in DecodeStep['codec']]: Run<StepOf<Codec>> } = {
  blosc({ call }, { mostBytes }, { at, length }, output, scratch) {
    const needed = call.blosc_scratch(at, length, mostBytes);
    if (needed < 0) return needed;
    return call.blosc_decode(at, length, output, mostBytes, scratch(needed), needed);
  },
  zstd({ call }, { mostBytes }, { at, length }, output, scratch) {
    const needed = call.zstd_decode_scratch();
    return call.zstd_decode(at, length, output, mostBytes, scratch(needed), needed);
  },
  lz4: ({ call }, { mostBytes }, { at, length }, output) =>
    call.lz4_decode(at, length, output, mostBytes),
  gzip({ call }, { mostBytes }, { at, length }, output, scratch) {
    const needed = call.inflate_scratch();
    return call.gzip_decode(at, length, output, mostBytes, scratch(needed), needed);
  },
  zlib({ call }, { mostBytes }, { at, length }, output, scratch) {
    const needed = call.inflate_scratch();
    return call.zlib_decode(at, length, output, mostBytes, scratch(needed), needed);
  },
  crc32c: ({ call }, _, { at, length }) => call.crc32c_verify(at, length),
  swap({ call }, { elementBytes }, { at, length }) {
    return call.swap_bytes(at, length, elementBytes);
  },
  shuffle({ call }, { elementBytes }, { at, length }, output) {
    return call.unshuffle_bytes(at, output, length, elementBytes);
  },
  delta({ call }, { element, count }, { at }) {
    const bytes = bytesOf[element];
    return call.delta_decode(at, count, element.startsWith('float') ? -bytes : bytes);
  },
  fixedscaleoffset({ call }, { from, to, count, scale, offset }, { at }, output) {
    return call.fixed_scale_offset_decode(
      ...[at, kinds[from], output, kinds[to], count, scale, offset],
    );
  },
  normalize({ call }, { from, to, count, scale, offset }, { at }, output) {
    return call.normalize(at, KIND[from], output, KIND[to], count, scale, offset);
  },
  transpose({ arena, call }, { elementBytes, shape, axes }, { at }, output, scratch) {
    const lists = Int32Array.of(...shape, ...axes);
    const listsAt = scratch(lists.byteLength);
    arena.bytes(listsAt, lists.byteLength).set(new Uint8Array(lists.buffer));
    const rank = shape.length;
    return call.transpose(at, output, elementBytes, rank, listsAt, listsAt + 4 * rank);
  },
};

/**
 * Does one step in the memory of an instance. Returns a negative status, or, of crc32c and compressors, the length of the
 * result. It lies at `output`, but in place of the input for crc32c, swap and delta.
 */
export function runStep(
  instance: CodecInstance,
  step: DecodeStep,
  input: Block,
  output: number,
  scratch: Scratch,
): number {
  const run = runs[step.codec] as Run<DecodeStep>;
  return run(instance, step, input, output, scratch);
}
