import { readFileSync } from 'node:fs';
import path from 'node:path';
import Blosc from 'numcodecs/blosc';
import Lz4 from 'numcodecs/lz4';
import Zstd from 'numcodecs/zstd';
import { describe, expect, it } from 'vitest';
import type { StatusName } from '../wasm/status';
import { CODEC_MODULES, GuardedCodecs } from './testing/guarded';
import { mutate, Random } from './testing/mutate';
import { storedStreams } from './testing/stored-streams';

const ELEMENT_BYTES = [1, 2, 3, 4, 8, 16, 17, 255];
const COMPRESSORS = ['blosclz', 'lz4', 'lz4hc', 'zlib', 'zstd'];
const SHUFFLES = [0, 1, 2];

const blosc = (cname: string, shuffle: number, blocksize = 0, clevel = 5) =>
  Blosc.fromConfig({ id: 'blosc', cname, shuffle, blocksize, clevel });

/** Not toEqual, which takes a second for a megabyte. */
function expectBytes(result: Uint8Array | StatusName, bytes: Uint8Array, message?: string): void {
  expect(typeof result === 'string' ? result : Buffer.compare(result, bytes), message).toBe(0);
}

/** Noise and runs of periods of 1 to 40 bytes, in turn. */
function text(length: number, seed: number): Uint8Array {
  const random = new Random(seed);
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    const start = at;
    const end = Math.min(length, at + 1 + random.below(300));
    const period = 1 + random.below(40);
    for (; at < end; at++)
      bytes[at] = at - start < period ? random.below(256) : (bytes[at - period] ?? 0);
  }
  return bytes;
}

/** The first chunk-sized cube of a real volume: 64³ EM (uint8), 64 · 128² labels (uint32). */
async function realChunk(name: 'em' | 'labels'): Promise<Uint8Array> {
  const file = { em: 'fib25/em.zarr/0/1/1/1', labels: 'connectomics-labels/labels.zarr/0/1/1/1' };
  const data = process.env.FLOODLIGHT_DATA ?? '';
  const decoded = await blosc('zstd', 0).decode(readFileSync(path.join(data, file[name])));
  return decoded.subarray(0, 2 ** 22);
}

describe.each(CODEC_MODULES)('%s', (name) => {
  const codecs = new GuardedCodecs(name);

  it.each(COMPRESSORS)('decodes what numcodecs encodes by blosc-%s', async (cname) => {
    for (const shuffle of SHUFFLES)
      for (const blocksize of [0, 512, 2048, 4096])
        for (const length of [0, 1, 127, 128, 1000, 4099, 70_001]) {
          const bytes = text(length, length + 1);
          const encoded = await blosc(cname, shuffle, blocksize, 1 + (length % 9)).encode(bytes);
          const message = `shuffle ${shuffle}, ${length} bytes, blocks of ${blocksize}`;
          expectBytes(codecs.blosc(encoded, length), bytes, message);
        }
  });

  it('splits and unshuffles elements of every size as numcodecs does', async () => {
    for (const elementBytes of ELEMENT_BYTES)
      for (const shuffle of SHUFFLES)
        for (const elements of [64, 128, 200])
          for (const maySplit of [false, true]) {
            const blockBytes = elementBytes * elements;
            const bytes = text(3 * blockBytes + 61, elementBytes);
            const container = storedStreams({ bytes, elementBytes, shuffle, blockBytes, maySplit });
            const message = `${elements} of ${elementBytes}, shuffle ${shuffle}, ${maySplit}`;
            const theirs = await blosc('lz4', 0).decode(container);
            expectBytes(codecs.blosc(container, bytes.length), theirs, message);
          }
  });

  it('encodes by blosc what numcodecs decodes', async () => {
    for (const elementBytes of ELEMENT_BYTES)
      for (const shuffle of SHUFFLES)
        for (const length of [0, 1, 127, 128, 4097, 270_000]) {
          const bytes = text(length, elementBytes);
          const encoded = codecs.encodeBlosc(bytes, elementBytes, shuffle, 1 + (length % 7));
          if (typeof encoded === 'string') throw new Error(encoded);
          expectBytes(await blosc('zstd', 0).decode(encoded), bytes);
          expectBytes(codecs.blosc(encoded, length), bytes);
        }
  });

  it('stores what blosc cannot compress', () => {
    const random = new Random(7);
    const noise = Uint8Array.from({ length: 300_000 }, () => random.below(256));
    const encoded = codecs.encodeBlosc(noise, 4, 1, 5);
    expect(encoded).toHaveLength(noise.length + 16);
    expectBytes(codecs.blosc(encoded as Uint8Array, noise.length), noise);
  });

  it('decodes by zstd what numcodecs encodes, and the reverse, at all levels', async () => {
    for (let level = 1; level <= 22; level++)
      for (const length of [1, 255, 40_000]) {
        const bytes = text(length, level);
        const theirs = await Zstd.fromConfig({ id: 'zstd', level }).encode(bytes);
        expectBytes(codecs.zstd(theirs, length), bytes);
        const ours = codecs.encodeZstd(bytes, level, level % 2 === 0);
        if (typeof ours === 'string') throw new Error(ours);
        expectBytes(await Zstd.fromConfig({ id: 'zstd' }).decode(ours), bytes);
        expectBytes(codecs.zstd(ours, length), bytes);
      }
  });

  it('decodes frames of zstd in a row, skips others, and verifies checksums', () => {
    const [first, second] = [text(5000, 1), text(700, 2)];
    const skippable = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3);
    const rawWithoutSize = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0, (3 << 3) | 1, 0, 0, 7, 8, 9);
    const frames = [first, second].map((bytes) => codecs.encodeZstd(bytes, 3, true) as Uint8Array);
    const all = Buffer.concat([
      frames[0] ?? skippable,
      skippable,
      frames[1] ?? skippable,
      rawWithoutSize,
    ]);
    const decoded = Buffer.concat([first, second, Uint8Array.of(7, 8, 9)]);
    expect(Buffer.from(codecs.zstd(all, decoded.length))).toEqual(decoded);
    expect(codecs.zstd(all, decoded.length - 1)).toBe('tooLarge');
    const [frame = skippable] = frames;
    frame[frame.length - 1] = (frame.at(-1) ?? 0) ^ 1;
    expect(codecs.zstd(frame, first.length)).toBe('checksum');
    expect(codecs.zstd(new Uint8Array(), 10)).toBe('truncated');
    expect(codecs.zstd(text(50, 3), 10)).toBe('corrupt');
  });

  it('decodes by lz4 what numcodecs encodes', async () => {
    for (const length of [1, 13, 64, 5000, 200_000]) {
      const bytes = text(length, length);
      const encoded = await Lz4.fromConfig({ id: 'lz4' }).encode(bytes);
      expectBytes(codecs.lz4(encoded, length), bytes);
    }
  });

  it('continues every short period in lz4', () => {
    for (let distance = 1; distance <= 40; distance++)
      for (const length of [4, 5, 17, 18, 50, 300]) {
        const start = text(distance, distance);
        const more: number[] = [];
        for (let rest = length - 19; rest >= 0; rest -= 255) more.push(Math.min(rest, 255));
        if (more.at(-1) === 255) more.push(0);
        const token = (15 << 4) | Math.min(length - 4, 15);
        const literals = distance < 15 ? [(distance << 4) | (token & 15)] : [token, distance - 15];
        const total = distance + length + 1;
        const block = [...literals, ...start, distance, 0, ...more, 1 << 4, 99];
        const expected = Array.from({ length: total }, (_, i) => start[i % distance] ?? 0);
        expected[total - 1] = 99;
        const encoded = Uint8Array.of(total & 255, total >> 8, 0, 0, ...block);
        expectBytes(codecs.lz4(encoded, total), Uint8Array.from(expected));
      }
  });

  it('says when a header claims more than there is room for', async () => {
    const bytes = text(5000, 1);
    for (const cname of COMPRESSORS)
      expect(codecs.blosc(await blosc(cname, 1).encode(bytes), 4999)).toBe('tooLarge');
    expect(codecs.zstd(await Zstd.fromConfig({ id: 'zstd' }).encode(bytes), 4999)).toBe('tooLarge');
    expect(codecs.lz4(await Lz4.fromConfig({ id: 'lz4' }).encode(bytes), 4999)).toBe('tooLarge');
  });

  it('refuses snappy and what only blosc 2 writes', async () => {
    const encoded = await blosc('snappy', 1).encode(text(5000, 1));
    expect(codecs.blosc(encoded, 5000)).toBe('unsupported');
    const later = await blosc('lz4', 1).encode(text(5000, 1));
    expect(codecs.blosc(later.with(0, 5), 5000)).toBe('unsupported');
    expect(codecs.blosc(later.with(2, 0x25), 5000)).toBe('unsupported');
  });

  it('fails on every truncation', async () => {
    const bytes = text(700, 5);
    for (const cname of COMPRESSORS) {
      const encoded = await blosc(cname, 2).encode(bytes);
      for (let length = 0; length < encoded.length; length++)
        expect(codecs.blosc(encoded.subarray(0, length), 700)).toBe('truncated');
      expect(codecs.blosc(Buffer.concat([encoded, Uint8Array.of(0)]), 700)).toBe('corrupt');
    }
    const frame = codecs.encodeZstd(bytes, 3, false) as Uint8Array;
    for (let length = 0; length < frame.length; length++)
      expect(codecs.zstd(frame.subarray(0, length), 700)).toBeTypeOf('string');
    const block = await Lz4.fromConfig({ id: 'lz4' }).encode(bytes);
    for (let length = 0; length < block.length; length++)
      expect(codecs.lz4(block.subarray(0, length), 700)).toBeTypeOf('string');
  });

  it('writes nowhere else, whatever it is given', async () => {
    const random = new Random(11);
    const bytes = text(2500, 3);
    const containers = await Promise.all(
      COMPRESSORS.map((cname) => blosc(cname, 2, 512).encode(bytes)),
    );
    for (let run = 0; run < 3000; run++) {
      const mutated = mutate(random.pick(containers), random.pick(containers), random);
      // The sizes, so that more passes the header.
      if (mutated.length > 16)
        mutated.set(new Uint8Array(Uint32Array.of(mutated.length).buffer), 12);
      const decoded = codecs.blosc(mutated, bytes.length);
      expect(decoded.length).toBeLessThanOrEqual(bytes.length);
    }
  });
});

it.each(['em', 'labels'] as const)(
  'decodes real %s, and encodes it the same by SIMD and without',
  async (volume) => {
    const bytes = await realChunk(volume);
    const [simd, scalar] = CODEC_MODULES.map((name) => new GuardedCodecs(name));
    for (const shuffle of SHUFFLES) {
      for (const cname of COMPRESSORS) {
        const encoded = await blosc(cname, shuffle).encode(bytes);
        expectBytes(simd?.blosc(encoded, bytes.length) ?? 'argument', bytes);
      }
      const ours = simd?.encodeBlosc(bytes, 4, shuffle, 3) as Uint8Array;
      expect(Buffer.compare(ours, scalar?.encodeBlosc(bytes, 4, shuffle, 3) as Uint8Array)).toBe(0);
    }
  },
);
