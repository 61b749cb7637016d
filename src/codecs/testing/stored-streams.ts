export interface StoredStreams {
  readonly bytes: Uint8Array;
  readonly elementBytes: number;
  /** As in blosc: 0 none, 1 bytes, 2 bits. */
  readonly shuffle: number;
  readonly blockBytes: number;
  /** Whether blocks are split into a stream for each byte of their elements, where c-blosc does so. */
  readonly maySplit: boolean;
}

const MOST_STREAMS = 16;
const LEAST_ELEMENTS = 128;
const LZ4 = 1 << 5;
const UNSPLIT = 0x10;
const shuffleFlags = [0, 1, 4];

const bytesOf = (numbers: readonly number[]): Uint8Array =>
  new Uint8Array(Uint32Array.from(numbers).buffer);

/** A blosc container, of what is as shuffled already, with all streams stored as they are. */
export function storedStreams(input: StoredStreams): Uint8Array {
  const { bytes, elementBytes, shuffle, blockBytes, maySplit } = input;
  const blocks = Math.ceil(bytes.length / blockBytes);
  const starts: number[] = [];
  const parts: Uint8Array[] = [];
  let size = 16 + 4 * blocks;
  for (let at = 0; at < bytes.length; at += blockBytes) {
    starts.push(size);
    const block = bytes.subarray(at, at + blockBytes);
    const splits =
      maySplit &&
      elementBytes <= MOST_STREAMS &&
      blockBytes / elementBytes >= LEAST_ELEMENTS &&
      block.length === blockBytes;
    const streamBytes = block.length / (splits ? elementBytes : 1);
    for (let from = 0; from < block.length; from += streamBytes)
      parts.push(bytesOf([streamBytes]), block.subarray(from, from + streamBytes));
    size += block.length + 4 * (block.length / streamBytes);
  }
  const flags = LZ4 | (shuffleFlags[shuffle] ?? 0) | (maySplit ? 0 : UNSPLIT);
  const header = [
    Uint8Array.of(2, 1, flags, elementBytes),
    bytesOf([bytes.length, blockBytes, size]),
  ];
  return Uint8Array.from(Buffer.concat([...header, bytesOf(starts), ...parts]));
}
