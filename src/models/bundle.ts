import { crc32c } from '../core/crc32c';
import type { Fail } from './byte-reader';
import { messagesIn, numberIn, readFields } from './protobuf';
import { maskChecksum } from './table';
import {
  doOverlap,
  type Extent,
  elementsOf,
  floatsOf,
  type StoredTensor,
  type StoredTensors,
} from './tensors';

const MOST_SHARDS = 1024;
const MOST_AXES = 8;
const FLOAT32_BYTES = 4;

/** Of TensorFlow's `types.proto`, those that checkpoints have beside weights; others go by their number. */
const dtypeNames: Readonly<Record<number, string>> = {
  ...{ 1: 'float32', 2: 'float64', 3: 'int32', 4: 'uint8', 7: 'string', 9: 'int64', 10: 'bool' },
  ...{ 14: 'bfloat16', 19: 'float16' },
};

interface Entry extends Extent {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly shard: number;
  /** As it is stored: masked. */
  readonly checksum: number;
  readonly isSliced: boolean;
}

function readShape(bytes: Uint8Array, fail: Fail): number[] {
  const dimensions = messagesIn(readFields(bytes, fail), 2, fail);
  if (dimensions.length > MOST_AXES) throw fail(`a tensor has ${dimensions.length} axes`);
  const sizes = dimensions.map((dimension) => numberIn(readFields(dimension, fail), 1, fail));
  if (!Number.isSafeInteger(elementsOf(sizes))) throw fail('a tensor has no size that can be');
  return sizes;
}

/** A BundleEntryProto (TensorFlow's `tensor_bundle.proto`). */
function readEntry(bytes: Uint8Array, fail: Fail): Entry {
  const fields = readFields(bytes, fail);
  const number = (field: number) => numberIn(fields, field, fail);
  const [shape = new Uint8Array()] = messagesIn(fields, 2, fail);
  return {
    dtype: dtypeNames[number(1)] ?? `type ${number(1)} of TensorFlow`,
    shape: readShape(shape, fail),
    shard: number(3),
    offset: number(4),
    sizeBytes: number(5),
    checksum: number(6),
    isSliced: messagesIn(fields, 7, fail).length > 0,
  };
}

/** How many `.data` files the bundle of an index has. */
export function countShards(index: ReadonlyMap<string, Uint8Array>, fail: Fail): number {
  const header = index.get('');
  if (!header) throw fail('its index lacks the header');
  const fields = readFields(header, fail);
  if (numberIn(fields, 2, fail) !== 0) throw fail('it was written on a big-endian machine');
  const shards = numberIn(fields, 1, fail);
  if (shards < 1 || shards > MOST_SHARDS) throw fail(`its index claims ${shards} data files`);
  return shards;
}

/** How TensorFlow names a data file of a bundle. */
export const shardName = (prefix: string, shard: number, shards: number): string => {
  const digits = (number: number) => String(number).padStart(5, '0');
  return `${prefix}.data-${digits(shard)}-of-${digits(shards)}`;
};

function storedTensor(name: string, entry: Entry, shard: Uint8Array, fail: Fail): StoredTensor {
  const { dtype, shape, offset, sizeBytes, checksum, isSliced } = entry;
  const read = () => {
    if (isSliced) throw fail(`${name} was saved in slices`);
    if (dtype !== 'float32') throw fail(`${name} is ${dtype}, not float32`);
    if (elementsOf(shape) * FLOAT32_BYTES !== sizeBytes)
      throw fail(`${name} has ${sizeBytes} bytes for a shape of ${shape.join(' × ')}`);
    const bytes = shard.subarray(offset, offset + sizeBytes);
    if (maskChecksum(crc32c(bytes)) !== checksum) throw fail(`${name} does not match its checksum`);
    return floatsOf(bytes);
  };
  return { dtype, shape, read };
}

/**
 * The tensors of a TensorFlow checkpoint (a “bundle”, `tensor_bundle.cc`): `.index` as `readTable` gives it, and of all its `.data` files in order. Throws what `fail` makes where an entry lies outside of them.
 */
export function readBundle(
  index: ReadonlyMap<string, Uint8Array>,
  shards: readonly Uint8Array[],
  fail: Fail,
): StoredTensors {
  if (countShards(index, fail) !== shards.length) throw fail('not all of its data files are there');
  const tensors = new Map<string, StoredTensor>();
  const extents = shards.map((): Extent[] => []);
  for (const [name, bytes] of index) {
    if (name === '') continue;
    const entry = readEntry(bytes, fail);
    const shard = shards[entry.shard];
    if (!shard) throw fail(`${name} lies in data file ${entry.shard}, which there is not`);
    if (!(entry.offset + entry.sizeBytes <= shard.length))
      throw fail(`${name} lies beyond the end of its data file, which has ${shard.length} bytes`);
    extents[entry.shard]?.push(entry);
    tensors.set(name, storedTensor(name, entry, shard, fail));
  }
  if (extents.some(doOverlap)) throw fail('tensors of it overlap');
  return tensors;
}
