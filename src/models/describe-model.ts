import type { FfnModel } from '../segment/ffn/model';
import type { Fail } from './byte-reader';
import { ffnSizeOf } from './ffn-layers';
import { failuresOf } from './model-files';
import { detailsIn } from './model-metadata';
import { detailsTold } from './read-model';
import { headerEnd, readHeader, tensorsIn } from './safetensors';

/** Of the first bytes of a file, how many say how long its header is. */
const START_BYTES = 8;

/** What is said of a model, and how large its file is; not its weights. */
export interface ModelInfo extends Omit<FfnModel, 'layers'> {
  readonly sizeBytes: number;
}

/**
 * What a file that `writeModel` wrote says of the model of that id, without reading its weights. Rejects with BAD_MODEL or
 * FOREIGN_MODEL.
 */
export async function describeModel(file: Blob, id: string, fileName: string): Promise<ModelInfo> {
  const failures = failuresOf(fileName);
  const { bad } = failures;
  const start = await bytesOf(file.slice(0, START_BYTES), bad);
  const header = await bytesOf(file.slice(0, headerEnd(start, file.size, bad)), bad);
  const parsed = readHeader(header, file.size, bad);
  const unread = (): never => {
    throw new RangeError('a description has no weights');
  };
  const size = ffnSizeOf(tensorsIn(parsed, unread, bad), failures);
  const details = detailsTold(id, fileName, detailsIn(parsed.metadata, bad), failures);
  return { ...details, ...size, id, sizeBytes: file.size };
}

/** The bytes of a file; `fail` where it cannot be read. */
export async function bytesOf(file: Blob, fail: Fail): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    throw fail(`its file cannot be read (${error instanceof Error ? error.message : error})`);
  }
}
