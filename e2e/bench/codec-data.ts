/** Real chunks for benchmarks of codecs: 128³ voxels of EM and of labels, as writers of Zarr would encode them. */
import LZ4 from 'numcodecs/lz4';
import * as zarr from 'zarrita';
import type { Zyx } from '../../src/core/vec';

export type Bytes = Uint8Array<ArrayBuffer>;

const EDGE = 128;

async function readCube(url: string, originZyx: Zyx): Promise<Bytes | Uint32Array<ArrayBuffer>> {
  const array = await zarr.open.v2(new zarr.FetchStore(url), { kind: 'array', attrs: false });
  const slices = originZyx.map((at) => zarr.slice(at, at + EDGE));
  return (await zarr.get(array, slices)).data as Bytes | Uint32Array<ArrayBuffer>;
}

const bytesOf = ({ buffer }: { readonly buffer: ArrayBuffer }): Bytes => new Uint8Array(buffer);

/** EM, one byte a voxel. */
export const emCube = async (dataUrl: string): Promise<Bytes> =>
  bytesOf(await readCube(`${dataUrl}/fib25/em.zarr/0`, [20, 20, 20]));

const labels = (dataUrl: string) =>
  readCube(`${dataUrl}/connectomics-labels/labels.zarr/0`, [128, 128, 128]);

/** Labels of 4 bytes a voxel. */
export const labelCube32 = async (dataUrl: string): Promise<Bytes> =>
  bytesOf(await labels(dataUrl));

/** The same labels with 8 bytes a voxel. */
export const labelCube64 = async (dataUrl: string): Promise<Bytes> =>
  bytesOf(BigUint64Array.from(await labels(dataUrl), BigInt));

const HEADER_BYTES = 16;
/** c-blosc's blocks for lz4 at level 5 hold so many elements. */
const BLOCK_ELEMENTS = 2 ** 17;
const SHUFFLED = 0x01;
const STORED = 0x02;
const LZ4_INSIDE = 1 << 5;

function shuffled(block: Bytes, elementBytes: number): Bytes {
  const planes = new Uint8Array(block.length);
  const count = block.length / elementBytes;
  for (let byte = 0, to = 0; byte < elementBytes; byte++)
    for (let i = 0; i < count; i++) planes[to++] = block[i * elementBytes + byte] ?? 0;
  return planes;
}

/** numcodecs' lz4 writes the size before the block. */
async function lz4Block(bytes: Bytes): Promise<Bytes> {
  const encoded = (await LZ4.fromConfig({ id: 'lz4', acceleration: 1 }).encode(bytes)) as Bytes;
  return encoded.slice(4);
}

function container(bytes: Bytes, elementBytes: number, flags: number, rest: readonly Bytes[]) {
  const size = rest.reduce((sum, { length }) => sum + length, HEADER_BYTES);
  const whole = new Uint8Array(size);
  whole.set([2, 1, LZ4_INSIDE | SHUFFLED | flags, elementBytes]);
  const header = new DataView(whole.buffer);
  header.setUint32(4, bytes.length, true);
  header.setUint32(8, BLOCK_ELEMENTS * elementBytes, true);
  header.setUint32(12, size, true);
  let at = HEADER_BYTES;
  for (const part of rest) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * A blosc container with lz4 and byte shuffle, laid out as c-blosc does at level 5: a stream for each byte of an element in
 * each block, or all bytes as they are where that is shorter. numcodecs encodes only elements of 4 bytes.
 */
export async function bloscLz4(bytes: Bytes, elementBytes: number): Promise<Bytes> {
  const blockBytes = BLOCK_ELEMENTS * elementBytes;
  const starts: number[] = [];
  const parts: Bytes[] = [];
  let at = HEADER_BYTES + 4 * Math.ceil(bytes.length / blockBytes);
  for (let first = 0; first < bytes.length; first += blockBytes) {
    starts.push(at);
    const planes = shuffled(bytes.subarray(first, first + blockBytes), elementBytes);
    const streamBytes = planes.length / elementBytes;
    for (let from = 0; from < planes.length; from += streamBytes) {
      const plane = planes.slice(from, from + streamBytes);
      const encoded = await lz4Block(plane);
      const stream = encoded.length < plane.length ? encoded : plane;
      parts.push(bytesOf(Uint32Array.of(stream.length)), stream);
      at += 4 + stream.length;
    }
  }
  return at < bytes.length + HEADER_BYTES
    ? container(bytes, elementBytes, 0, [bytesOf(Uint32Array.from(starts)), ...parts])
    : container(bytes, elementBytes, STORED, [bytes]);
}
