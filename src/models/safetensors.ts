import { z } from 'zod';
import type { Fail } from './byte-reader';
import { elementsOf, floatsOf, type StoredTensors } from './tensors';

const LENGTH_BYTES = 8;
/** Headers of networks like ours have some kilobytes. */
const MOST_HEADER_BYTES = 2 ** 22;
const FLOAT32_BYTES = 4;
const MOST_AXES = 8;
const ALIGNMENT = 8;
const METADATA = '__metadata__';

const count = z.int().nonnegative();
const headerSchema = z.record(
  z.string(),
  z.object({
    dtype: z.string().max(20),
    shape: z.array(count).max(MOST_AXES),
    data_offsets: z.tuple([count, count]),
  }),
);
const metadataSchema = z.record(z.string(), z.string());

/** What a file of that format says of itself before its data. */
export interface SafetensorsHeader {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: Readonly<z.infer<typeof headerSchema>>;
  /** Where the data begin, bytes from the start. */
  readonly dataAt: number;
}

/** How many bytes from the start the header ends; of its first eight, and the size of the whole file. */
export function headerEnd(start: Uint8Array, fileBytes: number, fail: Fail): number {
  if (start.length < LENGTH_BYTES) throw fail('it ends too early');
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const claimed = Number(view.getBigUint64(0, true));
  if (claimed > MOST_HEADER_BYTES) throw fail('it claims a larger header than can be read');
  if (LENGTH_BYTES + claimed > fileBytes) throw fail('it ends before its header does');
  return LENGTH_BYTES + claimed;
}

/** Parses a header, `start` being all of the file up to its end, and checks its claims against the whole file's size. */
export function readHeader(start: Uint8Array, fileBytes: number, fail: Fail): SafetensorsHeader {
  const dataAt = headerEnd(start, fileBytes, fail);
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder().decode(start.subarray(LENGTH_BYTES, dataAt)));
  } catch {
    throw fail('its header is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw fail('its header is no list of tensors');
  const { [METADATA]: written = {}, ...others } = parsed as Record<string, unknown>;
  const metadata = metadataSchema.safeParse(written);
  const tensors = headerSchema.safeParse(others);
  if (!metadata.success || !tensors.success)
    throw fail('its header is no list of tensors of safetensors');
  checkPlaces(tensors.data, fileBytes - dataAt, fail);
  return { metadata: metadata.data, tensors: tensors.data, dataAt };
}

/** The format wants tensors to lie one after the other and to fill the file. */
function checkPlaces(tensors: SafetensorsHeader['tensors'], dataBytes: number, fail: Fail) {
  const places = Object.values(tensors).map(({ data_offsets }) => data_offsets);
  let end = 0;
  for (const [from, to] of places.sort(([a, b], [c, d]) => a - c || b - d)) {
    if (from !== end || to < from) throw fail('its tensors do not lie one after the other');
    end = to;
  }
  if (end !== dataBytes) throw fail(`its tensors have ${end} bytes, but ${dataBytes} are there`);
}

/** The tensors that a header names; `bytesAt` gives the bytes of the file between two places. */
export const tensorsIn = (
  { tensors, dataAt }: SafetensorsHeader,
  bytesAt: (from: number, end: number) => Uint8Array,
  fail: Fail,
): StoredTensors =>
  new Map(
    Object.entries(tensors).map(([name, { dtype, shape, data_offsets }]) => {
      const [from, end] = data_offsets;
      const read = () => {
        if (elementsOf(shape) * FLOAT32_BYTES !== end - from)
          throw fail(`${name} has ${end - from} bytes for a shape of ${shape.join(' × ')}`);
        return floatsOf(bytesAt(dataAt + from, dataAt + end));
      };
      return [name, { dtype: dtype === 'F32' ? 'float32' : dtype, shape, read }];
    }),
  );

/** The tensors of a file, not read yet, and what it says of itself. Throws what `fail` makes. */
export function readSafetensors(bytes: Uint8Array, fail: Fail) {
  const header = readHeader(bytes, bytes.length, fail);
  const bytesAt = (from: number, end: number) => bytes.subarray(from, end);
  return { metadata: header.metadata, tensors: tensorsIn(header, bytesAt, fail) };
}

/** A tensor to be written. */
export interface FloatTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A file of these tensors, in their order; the data are aligned to eight bytes. */
export function writeSafetensors(
  tensors: readonly FloatTensor[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  let dataBytes = 0;
  const entries = tensors.map(({ name, shape, values }) => {
    const from = dataBytes;
    dataBytes += values.byteLength;
    return [name, { dtype: 'F32', shape, data_offsets: [from, dataBytes] }] as const;
  });
  const json = JSON.stringify({ [METADATA]: metadata, ...Object.fromEntries(entries) });
  const text = new TextEncoder().encode(json);
  const headerBytes = Math.ceil(text.length / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(LENGTH_BYTES + headerBytes + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(' '.charCodeAt(0), LENGTH_BYTES, LENGTH_BYTES + headerBytes);
  file.set(text, LENGTH_BYTES);
  let at = LENGTH_BYTES + headerBytes;
  for (const { values } of tensors) {
    file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return file;
}
