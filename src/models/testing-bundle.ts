import { crc32c } from '../core/crc32c';
import type { ModelFile } from './model-files';
import { maskChecksum } from './table';

/** A tensor to be written: float32 unless it says another type of TensorFlow, with bytes of any number. */
export interface WrittenTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
  readonly type?: number;
}

/** How a bundle is written, as TensorFlow may have done it. */
export interface BundleStyle {
  readonly shards: number;
  /** Entries between two keys that are whole. */
  readonly restartInterval: number;
  readonly entriesPerBlock: number;
  readonly isCompressed: boolean;
  /** Changes the bytes of a block as they are stored, before they get their checksum. */
  readonly damage?: (block: number[]) => number[];
}

export const plainStyle: BundleStyle = {
  shards: 1,
  restartInterval: 16,
  entriesPerBlock: 40,
  isCompressed: false,
};

const uint32 = (value: number) => [value, value >> 8, value >> 16, value >> 24].map((n) => n & 255);

export function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}

const number = (field: number, value: number) => [...varint(field * 8), ...varint(value)];
const message = (field: number, bytes: readonly number[]) => [
  ...varint(field * 8 + 2),
  ...varint(bytes.length),
  ...bytes,
];

/** Snappy as simple as can be: the nearest match of four bytes or more, else literals of one byte. */
export function encodeSnappy(bytes: readonly number[]): number[] {
  const encoded = varint(bytes.length);
  const isMatch = (at: number, offset: number, length: number) => {
    for (let i = 0; i < length; i++) if (bytes[at + i] !== bytes[at + i - offset]) return false;
    return at + length <= bytes.length;
  };
  for (let at = 0; at < bytes.length; ) {
    let offset = 1;
    while (offset <= 300 && !(offset <= at && isMatch(at, offset, 4))) offset++;
    if (offset > 300) {
      encoded.push(0, bytes[at] ?? 0);
      at++;
      continue;
    }
    let length = 4;
    while (length < 60 && isMatch(at, offset, length + 1)) length++;
    if (length < 12) encoded.push(1 | ((length - 4) << 2) | ((offset >> 8) << 5), offset & 255);
    else if (length < 30) encoded.push(2 | ((length - 1) << 2), offset & 255, offset >> 8);
    else encoded.push(3 | ((length - 1) << 2), ...uint32(offset));
    at += length;
  }
  return encoded;
}

type Entries = readonly (readonly [key: readonly number[], value: readonly number[]])[];

function block(entries: Entries, restartInterval: number): number[] {
  const bytes: number[] = [];
  const restarts: number[] = [];
  entries.forEach(([key, value], index) => {
    const before = index % restartInterval === 0 ? [] : (entries[index - 1]?.[0] ?? []);
    if (index % restartInterval === 0) restarts.push(bytes.length);
    const differs = key.findIndex((byte, at) => byte !== before[at]);
    const shared = differs === -1 ? key.length : differs;
    const own = key.slice(shared);
    bytes.push(...varint(shared), ...varint(own.length), ...varint(value.length), ...own, ...value);
  });
  if (restarts.length === 0) restarts.push(0);
  return [...bytes, ...restarts.flatMap(uint32), ...uint32(restarts.length)];
}

/** A table of sorted entries. */
export function writeTable(entries: Entries, style: BundleStyle): Uint8Array {
  const file: number[] = [];
  const put = (contents: number[]): number[] => {
    const encoded = style.isCompressed ? encodeSnappy(contents) : contents;
    const stored = style.damage?.(encoded) ?? encoded;
    const handle = [...varint(file.length), ...varint(stored.length)];
    const checked = [...stored, style.isCompressed ? 1 : 0];
    for (const byte of [...checked, ...uint32(maskChecksum(crc32c(Uint8Array.from(checked))))])
      file.push(byte);
    return handle;
  };
  const handles: [readonly number[], readonly number[]][] = [];
  for (let at = 0; at < entries.length; at += style.entriesPerBlock) {
    const some = entries.slice(at, at + style.entriesPerBlock);
    handles.push([some.at(-1)?.[0] ?? [], put(block(some, style.restartInterval))]);
  }
  const metaindex = put(block([], 1));
  const footer = [...metaindex, ...put(block(handles, 1))];
  while (footer.length < 40) footer.push(0);
  return Uint8Array.from([...file, ...footer, ...uint32(0x8b80fb57), ...uint32(0xdb477524)]);
}

const charactersOf = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));

/** The files of a checkpoint with these tensors, which go to its data files by turns. */
export function writeBundle(
  prefix: string,
  tensors: readonly WrittenTensor[],
  style: BundleStyle = plainStyle,
): ModelFile[] {
  const shards = Array.from({ length: style.shards }, (): number[] => []);
  const entries = tensors.map(({ name, shape, bytes, type = 1 }, index) => {
    const shard = index % style.shards;
    const data = shards[shard] ?? [];
    const offset = data.length;
    for (const byte of bytes) data.push(byte);
    const dimensions = shape.flatMap((size) => message(2, number(1, size)));
    const value = [
      ...[...number(1, type), ...message(2, dimensions)],
      ...(shard === 0 ? [] : number(3, shard)),
      ...(offset === 0 ? [] : number(4, offset)),
      ...number(5, bytes.length),
      ...[6 * 8 + 5, ...uint32(maskChecksum(crc32c(bytes)))],
    ];
    return [charactersOf(name), value] as const;
  });
  const header = [...number(1, style.shards), ...message(3, number(1, 1))];
  const sorted = [[[], header] as const, ...entries].sort(([a], [b]) =>
    Buffer.compare(Uint8Array.from(a), Uint8Array.from(b)),
  );
  const digits = (value: number) => String(value).padStart(5, '0');
  return [
    { name: `${prefix}.index`, bytes: writeTable(sorted, style) },
    ...shards.map((data, shard) => ({
      name: `${prefix}.data-${digits(shard)}-of-${digits(style.shards)}`,
      bytes: Uint8Array.from(data),
    })),
  ];
}
