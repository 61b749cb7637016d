import { makeZip } from 'client-zip';
import type { LabelFile } from '../labels/level-writer';
import { saveFailure, writerOf } from './writing';

const ZIP_MEDIA_TYPE = 'application/zip';

async function* entriesOf(files: AsyncIterable<LabelFile>) {
  for await (const { path, bytes } of files) yield { name: path, input: bytes };
}

/** Files as a zip whose root they lie in, in their order, none compressed twice (OME-NGFF RFC-9). */
export const zipOf = (files: AsyncIterable<LabelFile>): ReadableStream<Uint8Array> =>
  makeZip(entriesOf(files));

/** A zip in the browser's hands, which may keep it on disk. Rejects with what `files` throws. */
export async function zipBlob(files: AsyncIterable<LabelFile>): Promise<Blob> {
  const headers = { 'Content-Type': ZIP_MEDIA_TYPE };
  return new Response(zipOf(files) as ReadableStream<Uint8Array<ArrayBuffer>>, { headers }).blob();
}

/** Chromium's, beyond the standard. */
interface RemovableFile extends FileSystemFileHandle {
  remove?(): Promise<void>;
}

/**
 * Streams a zip to a file. What the file held stays until the zip is whole, and for good when the save fails; a file that was
 * empty before, as a picker makes it, is then removed. Rejects with QUOTA_EXCEEDED, PERMISSION_DENIED, SAVE_FAILED, with what
 * `files` throws, or AbortError once the signal fires.
 */
export async function zipToFile(
  files: AsyncIterable<LabelFile>,
  file: FileSystemFileHandle,
  signal?: AbortSignal,
): Promise<void> {
  try {
    // Writes go to a file beside it, which takes its place when the stream is closed, and is gone when it is aborted.
    const writable = await writerOf(file);
    await zipOf(files).pipeTo(writable, signal ? { signal } : {});
  } catch (error) {
    await removeIfEmpty(file);
    throw saveFailure(error, file.name, signal);
  }
}

async function removeIfEmpty(file: RemovableFile): Promise<void> {
  try {
    if ((await file.getFile()).size === 0) await file.remove?.();
  } catch {
    // It is no more than an empty file.
  }
}
