import { Random } from '../codecs/testing/mutate';
import { blobSource } from './byte-sources';
import { ZipStore } from './zip-store';

/** Bytes in memory of their own. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** Where the store of an archive reads, “test.zip” in errors. */
export const sourceOfZip = (zip: Uint8Array) =>
  blobSource(new Blob([Uint8Array.from(zip)]), 'test.zip');
/** The store of an archive, which tells of the bytes of each read. */
export const openZip = (zip: Uint8Array, onBytes: (bytes: number) => void = () => undefined) =>
  ZipStore.open(sourceOfZip(zip), onBytes);

/** What a file of a text holds. */
export const text = (value: string): Bytes => Uint8Array.from(new TextEncoder().encode(value));
/** Bytes that do not compress, the same for a seed. */
export const noise = (length: number, seed = 7): Bytes => {
  const random = new Random(seed);
  return Uint8Array.from({ length }, () => random.below(256));
};

/** Through which the numbers of an archive are read and set. */
export const viewOf = (zip: Uint8Array) => new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
/** Where an archive without a comment has its end record. */
export const endAt = (zip: Uint8Array) => zip.length - 22;
/** Where an archive without a comment has its directory. */
export const directoryAt = (zip: Uint8Array) => viewOf(zip).getUint32(endAt(zip) + 16, true);
/** A copy of an archive without a comment, changed through the view. */
export function changed(zip: Uint8Array, change: (view: DataView, bytes: Bytes) => void): Bytes {
  const copy = Uint8Array.from(zip);
  change(viewOf(copy), copy);
  return copy;
}
