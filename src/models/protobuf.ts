import { ByteReader, type Fail } from './byte-reader';

/** One field of a message: a number (varints, and 32 bits), or bytes (strings, messages, 64 bits). */
export interface Field {
  readonly number: number;
  readonly value: number | Uint8Array;
}

/** The fields of a message in their order, as protobuf's wire format has them (protobuf.dev, “Encoding”). */
export function readFields(bytes: Uint8Array, fail: Fail): Field[] {
  const reader = new ByteReader(bytes, fail);
  const value = (type: number): number | Uint8Array => {
    if (type === 0) return reader.varint();
    if (type === 1) return reader.take(8);
    if (type === 2) return reader.take(reader.varint());
    if (type === 5) return reader.uint32();
    throw fail(`a record of it has the unknown type ${type}`);
  };
  const fields: Field[] = [];
  while (reader.left > 0) {
    const key = reader.varint();
    fields.push({ number: Math.floor(key / 8), value: value(key % 8) });
  }
  return fields;
}

/** The last number given to a field, as protobuf has it; 0 where there is none. */
export function numberIn(fields: readonly Field[], number: number, fail: Fail): number {
  const value = fields.findLast((field) => field.number === number)?.value ?? 0;
  if (typeof value !== 'number') throw fail('a record of it has bytes where a number should be');
  return value;
}

/** All that is given to a field of messages. */
export function messagesIn(fields: readonly Field[], number: number, fail: Fail): Uint8Array[] {
  const values = fields.filter((field) => field.number === number).map(({ value }) => value);
  return values.map((value) => {
    if (typeof value === 'number') throw fail('a record of it has a number where bytes should be');
    return value;
  });
}
