import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { isFloodlightError } from '../core/errors';
import {
  type Bytes,
  changed,
  directoryAt,
  endAt,
  noise,
  openZip,
  sourceOfZip,
  text,
  viewOf,
} from './testing-zips';
import { readZipDirectory } from './zip-directory';

const concat = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

/** The archive of one file with all its numbers in ZIP64 records. */
function zip64(name: string, content: Uint8Array): Bytes {
  const zip = zipSync({ [name]: content }, { level: 0 });
  const at = directoryAt(zip);
  const extra = new DataView(new ArrayBuffer(4 + 28));
  extra.setUint16(0, 1, true);
  extra.setUint16(2, 28, true);
  extra.setBigUint64(4, BigInt(content.length), true);
  extra.setBigUint64(12, BigInt(content.length), true);
  const record = changed(zip.slice(at, endAt(zip)), (view) => {
    for (const field of [20, 24, 42]) view.setUint32(field, 0xffffffff, true);
    view.setUint16(30, extra.byteLength, true);
    view.setUint16(34, 0xffff, true);
  });
  const bytes = record.length + extra.byteLength;
  const end = new DataView(new ArrayBuffer(56 + 20 + 22));
  end.setUint32(0, 0x06064b50, true);
  end.setBigUint64(4, 44n, true);
  end.setBigUint64(24, 1n, true);
  end.setBigUint64(32, 1n, true);
  end.setBigUint64(40, BigInt(bytes), true);
  end.setBigUint64(48, BigInt(at), true);
  end.setUint32(56, 0x07064b50, true);
  end.setBigUint64(64, BigInt(at + bytes), true);
  end.setUint32(72, 1, true);
  end.setUint32(76, 0x06054b50, true);
  for (const field of [8, 10]) end.setUint16(76 + field, 0xffff, true);
  for (const field of [12, 16]) end.setUint32(76 + field, 0xffffffff, true);
  return concat(zip.slice(0, at), record, new Uint8Array(extra.buffer), new Uint8Array(end.buffer));
}

describe('readZipDirectory', () => {
  const zip = zipSync({ 'a/': new Uint8Array(), 'a/b': text('abc') }, { level: 0 });
  const single = zipSync({ 'a/b': text('abc') }, { level: 0 });
  const read = (bytes: Uint8Array) => readZipDirectory(sourceOfZip(bytes));

  it('leaves out folders, and takes the last of a name', async () => {
    expect([...(await read(zip)).keys()]).toEqual(['a/b']);
    const twice = zipSync({ 'a/b': text('old'), 'a/c': text('new') }, { level: 0 });
    const renamed = Buffer.from(
      Buffer.from(twice).toString('latin1').replaceAll('a/c', 'a/b'),
      'latin1',
    );
    const store = await openZip(renamed);
    expect(await store.get('/a/b')).toEqual(text('new'));
  });

  it('takes a comment, also one like an end, and bytes before the archive', async () => {
    const comment = concat(noise(60_000), single.slice(endAt(single)), noise(5_000));
    const commented = changed(concat(single, comment), (view) =>
      view.setUint16(endAt(single) + 20, comment.length, true),
    );
    for (const archive of [commented, concat(noise(1_000), single), concat(noise(3), commented)]) {
      const store = await openZip(archive);
      expect(await store.get('/a/b')).toEqual(text('abc'));
    }
  });

  it('takes ZIP64 records', async () => {
    const archive = zip64('a/b', text('abc'));
    expect(await (await openZip(archive)).get('/a/b')).toEqual(text('abc'));
    for (let length = 0; length < archive.length; length++)
      await expect(read(archive.subarray(0, length))).rejects.toMatchObject({
        code: 'BAD_METADATA',
      });
    for (let at = directoryAt(single); at < archive.length; at++)
      for (const value of [0, 1, 0x7f, 0xff]) {
        const mutant = changed(archive, (_, bytes) => bytes.fill(value, at, at + 1));
        const got = await openZip(mutant)
          .then((store) => store.get('/a/b'))
          .catch((error: unknown) => error);
        if (got instanceof Uint8Array) expect(got).toEqual(text('abc'));
        else expect(got === undefined || isFloodlightError(got)).toBe(true);
      }
  });

  const record = directoryAt(single);
  const end = endAt(single);
  const damages: [string, (view: DataView, bytes: Bytes) => void][] = [
    ['is encrypted', (view) => view.setUint16(record + 8, 1, true)],
    ['compressed by method 12', (view) => view.setUint16(record + 10, 12, true)],
    ['one part of several', (view) => view.setUint16(record + 34, 1, true)],
    ['one part of several', (view) => view.setUint16(end + 4, 1, true)],
    ['“a/b” in its zip lies outside', (view) => view.setUint32(record + 42, record, true)],
    ['“a/b” in its zip lies outside', (view) => view.setUint32(record + 42, 0xffffffff, true)],
    ['“a/b” in its zip lies outside', (view) => view.setUint32(record + 20, 0x7fffffff, true)],
    ['“a/b” in its zip lies outside', (view) => view.setUint32(record + 24, 0x7fffffff, true)],
    ['directory of its zip lies outside', (view) => view.setUint32(end + 12, 0x7fffffff, true)],
    ['directory of its zip lies outside', (view) => view.setUint32(end + 16, 0x7fffffff, true)],
    ['is cut off', (view) => view.setUint16(record + 28, 0xffff, true)],
    ['has 1 files, not 257', (view) => view.setUint32(end + 8, 0x01010101, true)],
    ['a file outside of it, “/ab”', (_, bytes) => bytes.set(text('/ab'), record + 46)],
    ['a file outside of it, “../”', (_, bytes) => bytes.set(text('../'), record + 46)],
  ];
  it.each(damages)('refuses: %s', async (reason, change) => {
    await expect(read(changed(single, change))).rejects.toMatchObject({
      code: 'BAD_METADATA',
      fields: { url: 'test.zip', reason: expect.stringContaining(reason) },
    });
  });

  it('allocates no directory that is claimed to be huge', async () => {
    const lying = zip64('a/b', text('abc'));
    const reads: number[] = [];
    const source = {
      ...sourceOfZip(lying),
      sizeBytes: 2 ** 40,
      async read(offset: number, length: number) {
        reads.push(length);
        const at = offset - (2 ** 40 - lying.length);
        const bytes = new Uint8Array(length);
        bytes.set(lying.subarray(Math.max(0, at), at + length), Math.max(0, -at));
        return bytes;
      },
    };
    viewOf(lying).setBigUint64(lying.length - 34, BigInt(2 ** 40 - 98), true);
    viewOf(lying).setBigUint64(lying.length - 58, 2n ** 39n, true);
    viewOf(lying).setBigUint64(lying.length - 50, 0n, true);
    await expect(readZipDirectory(source)).rejects.toThrow('more than can be read');
    expect(Math.max(...reads)).toBeLessThan(70_000);
  });
});
