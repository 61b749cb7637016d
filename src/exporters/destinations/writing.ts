import { FloodlightError, isAbort } from '../../core/errors';

const DENIED: readonly string[] = ['NotAllowedError', 'SecurityError'];

/** In words what the file system says by a name alone. */
const REASONS: Readonly<Record<string, string>> = {
  AbortError: 'the browser refused to keep the file',
  NoModificationAllowedError: 'another tab or program is using it',
  InvalidModificationError: 'something else is there',
  TypeMismatchError: 'something else is there by that name',
  NotFoundError: 'it is not there any more',
  NotReadableError: 'it changed on the disk meanwhile',
  InvalidStateError: 'it changed on the disk meanwhile',
};

/** A file's writer, which shows nothing before it is closed; UNSUPPORTED_BROWSER where there is none. */
export function writerOf(file: FileSystemFileHandle): Promise<FileSystemWritableFileStream> {
  if ('createWritable' in file) return file.createWritable();
  throw new FloodlightError('UNSUPPORTED_BROWSER', { feature: 'files that a page can write' });
}

/** Writes a file: what is written takes the place of what was there once it is closed, and on failure all is as it was. */
export async function replaceFile(
  file: FileSystemFileHandle,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const writable = await writerOf(file);
  try {
    await writable.write(bytes);
  } catch (error) {
    await writable.abort().catch(() => {});
    throw error;
  }
  await writable.close();
}

/**
 * What kept something from being saved to `where`, typed: QUOTA_EXCEEDED, PERMISSION_DENIED, SAVE_FAILED, or the error as it is
 * where no file system threw it, or the user's own abort.
 */
export function saveFailure(
  error: unknown,
  where: string,
  signal: AbortSignal | undefined,
): unknown {
  if (!(error instanceof DOMException) || (isAbort(error) && signal?.aborted)) return error;
  const { name, message } = error;
  if (name === 'QuotaExceededError') return new FloodlightError('QUOTA_EXCEEDED', { where }, error);
  if (DENIED.includes(name))
    return new FloodlightError('PERMISSION_DENIED', { url: where, access: 'write' }, error);
  return new FloodlightError('SAVE_FAILED', { where, reason: REASONS[name] ?? message }, error);
}
