import { deflateSync, gzipSync } from 'node:zlib';
import Blosc from 'numcodecs/blosc';
import Lz4 from 'numcodecs/lz4';
import Zstd from 'numcodecs/zstd';
import { bytesOf, type Dtype } from '../../core/dtype';

export type Files = Map<string, Uint8Array>;
export type Compression = 'none' | 'gzip' | 'zlib' | 'zstd' | 'lz4' | 'blosc';

/** How an array is written; the chunk grid may cut it anywhere. */
export interface ArraySpec {
  readonly version: 2 | 3;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly chunks: readonly number[];
  readonly compression?: Compression;
  readonly order?: 'C' | 'F';
  readonly endian?: 'little' | 'big';
  readonly separator?: '.' | '/';
  readonly fill?: number | string | boolean | null;
  /** Voxels in C order, one number each; of float16 the bits. */
  readonly valueAt: (index: number) => number | bigint;
  /** Grid positions that are not written, joined by slashes. */
  readonly absent?: readonly string[];
  /** What the axes are called, of version 3. */
  readonly dimensionNames?: readonly (string | null)[];
}

const encoder = new TextEncoder();

/** Adds a JSON file. */
export function putJson(files: Files, key: string, value: unknown): void {
  files.set(key, encoder.encode(JSON.stringify(value)));
}

const configurations: Readonly<Record<Compression, Record<string, unknown>>> = {
  none: {},
  gzip: { level: 5 },
  zlib: { level: 5 },
  zstd: { level: 3, checksum: false },
  lz4: { acceleration: 1 },
  blosc: { cname: 'zstd', clevel: 5, shuffle: 1, blocksize: 0 },
};

const { zstd, lz4, blosc } = configurations;
const encode: Readonly<
  Record<Compression, (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>>
> = {
  none: (bytes) => bytes,
  gzip: (bytes) => new Uint8Array(gzipSync(bytes)),
  zlib: (bytes) => new Uint8Array(deflateSync(bytes)),
  zstd: (bytes) => Zstd.fromConfig({ id: 'zstd', ...zstd }).encode(bytes),
  lz4: (bytes) => Lz4.fromConfig({ id: 'lz4', ...lz4 }).encode(bytes),
  blosc: (bytes) => Blosc.fromConfig({ id: 'blosc', ...blosc }).encode(bytes),
};

const codesV2: Readonly<Record<Dtype, string>> = {
  bool: 'b1',
  uint8: 'u1',
  uint16: 'u2',
  uint32: 'u4',
  uint64: 'u8',
  int8: 'i1',
  int16: 'i2',
  int32: 'i4',
  int64: 'i8',
  float16: 'f2',
  float32: 'f4',
  float64: 'f8',
};

function metadataV2(spec: ArraySpec): object {
  const compression = spec.compression ?? 'none';
  const endian = bytesOf[spec.dtype] === 1 ? '|' : spec.endian === 'big' ? '>' : '<';
  return {
    zarr_format: 2,
    shape: spec.shape,
    chunks: spec.chunks,
    dtype: endian + codesV2[spec.dtype],
    order: spec.order ?? 'C',
    compressor: compression === 'none' ? null : { id: compression, ...configurations[compression] },
    filters: null,
    fill_value: spec.fill === undefined ? 0 : spec.fill,
    ...(spec.separator ? { dimension_separator: spec.separator } : {}),
  };
}

function metadataV3(spec: ArraySpec): object {
  const compression = spec.compression ?? 'none';
  const blosc = { ...configurations.blosc, shuffle: 'shuffle', typesize: bytesOf[spec.dtype] };
  const configuration = compression === 'blosc' ? blosc : configurations[compression];
  const reversed = spec.shape.map((_, axis) => spec.shape.length - 1 - axis);
  return {
    zarr_format: 3,
    node_type: 'array',
    shape: spec.shape,
    data_type: spec.dtype,
    chunk_grid: { name: 'regular', configuration: { chunk_shape: spec.chunks } },
    chunk_key_encoding: { name: 'default', configuration: { separator: spec.separator ?? '/' } },
    codecs: [
      ...(spec.order === 'F' ? [{ name: 'transpose', configuration: { order: reversed } }] : []),
      { name: 'bytes', configuration: { endian: spec.endian ?? 'little' } },
      ...(compression === 'none' ? [] : [{ name: compression, configuration }]),
    ],
    fill_value: spec.fill === undefined ? 0 : spec.fill,
    ...(spec.dimensionNames && { dimension_names: spec.dimensionNames }),
    attributes: {},
  };
}

/** All positions of a grid in C order. */
function positions(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (prefixes, size) =>
      prefixes.flatMap((prefix) => Array.from({ length: size }, (_, at) => [...prefix, at])),
    [[]],
  );
}

/** How far one step along each axis goes. */
function stridesOf(shape: readonly number[], order: 'C' | 'F'): number[] {
  const strides = shape.map(() => 1);
  const axes = shape.map((_, axis) => (order === 'C' ? shape.length - 1 - axis : axis));
  let step = 1;
  for (const axis of axes) {
    strides[axis] = step;
    step *= shape[axis] ?? 1;
  }
  return strides;
}

function writeValue(
  view: DataView,
  dtype: Dtype,
  at: number,
  value: number | bigint,
  little: boolean,
) {
  switch (dtype) {
    case 'bool':
    case 'uint8':
      return view.setUint8(at, Number(value));
    case 'int8':
      return view.setInt8(at, Number(value));
    case 'uint16':
    case 'float16':
      return view.setUint16(at * 2, Number(value), little);
    case 'int16':
      return view.setInt16(at * 2, Number(value), little);
    case 'uint32':
      return view.setUint32(at * 4, Number(value), little);
    case 'int32':
      return view.setInt32(at * 4, Number(value), little);
    case 'float32':
      return view.setFloat32(at * 4, Number(value), little);
    case 'float64':
      return view.setFloat64(at * 8, Number(value), little);
    case 'uint64':
      return view.setBigUint64(at * 8, BigInt(value), little);
    case 'int64':
      return view.setBigInt64(at * 8, BigInt(value), little);
  }
}

/** One whole chunk's bytes; what lies past the shape is 77, which no reader may show. */
function chunkBytes(spec: ArraySpec, chunkAt: readonly number[]): Uint8Array {
  const { chunks, shape, dtype } = spec;
  const length = chunks.reduce((product, size) => product * size, 1);
  const bytes = new Uint8Array(length * bytesOf[dtype]);
  const view = new DataView(bytes.buffer);
  const isLittle = spec.endian !== 'big';
  const inArray = stridesOf(shape, 'C');
  const inChunk = stridesOf(chunks, spec.order ?? 'C');
  const fillAxis = (axis: number, slot: number, index: number, isInside: boolean) => {
    if (axis === chunks.length) {
      writeValue(view, dtype, slot, isInside ? spec.valueAt(index) : 77, isLittle);
      return;
    }
    const size = chunks[axis] ?? 1;
    const start = (chunkAt[axis] ?? 0) * size;
    for (let step = 0; step < size; step++) {
      const at = start + step;
      const next = slot + step * (inChunk[axis] ?? 0);
      const inside = isInside && at < (shape[axis] ?? 0);
      fillAxis(axis + 1, next, index + at * (inArray[axis] ?? 0), inside);
    }
  };
  fillAxis(0, 0, 0, true);
  return bytes;
}

/** Writes an array below `path`, byte by byte from the specification of Zarr, with nothing of the code under test. */
export async function putArray(files: Files, path: string, spec: ArraySpec): Promise<void> {
  const below = (key: string) => (path === '' ? `/${key}` : `/${path}/${key}`);
  if (spec.version === 2) putJson(files, below('.zarray'), metadataV2(spec));
  else putJson(files, below('zarr.json'), metadataV3(spec));
  const grid = spec.shape.map((size, axis) => Math.ceil(size / (spec.chunks[axis] ?? 1)));
  for (const at of positions(grid)) {
    if (spec.absent?.includes(at.join('/'))) continue;
    const separator = spec.separator ?? (spec.version === 2 ? '.' : '/');
    const name = (spec.version === 3 ? ['c', ...at] : at).join(separator);
    const bytes = await encode[spec.compression ?? 'none'](chunkBytes(spec, at));
    files.set(below(name), bytes);
  }
}
