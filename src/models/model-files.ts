import { FloodlightError } from '../core/errors';
import { countShards, readBundle, shardName } from './bundle';
import type { Fail } from './byte-reader';
import type { ModelFailures } from './ffn-layers';
import { readTable } from './table';
import type { StoredTensors } from './tensors';

/** A file of a model, whole. */
export interface ModelFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The errors of a model of that name. */
export const failuresOf = (model: string): ModelFailures => ({
  bad: (reason) => new FloodlightError('BAD_MODEL', { model, reason }),
  foreign: (what) => new FloodlightError('FOREIGN_MODEL', { model, what }),
});

const INDEX = '.index';

/** The tensors of a checkpoint: of its `.index`, and the `.data` files of the same prefix among the files. */
export function bundleTensors(
  index: ModelFile,
  files: readonly ModelFile[],
  fail: Fail,
): StoredTensors {
  const prefix = index.name.slice(0, -INDEX.length);
  const table = readTable(index.bytes, fail);
  const shards = countShards(table, fail);
  const bytes = Array.from({ length: shards }, (_, shard) => {
    const name = shardName(prefix, shard, shards);
    const file = files.find((candidate) => candidate.name === name);
    if (!file) throw fail(`${name} is not among its files`);
    return file.bytes;
  });
  return readBundle(table, bytes, fail);
}

/** What a checkpoint's index is called. */
export const isIndex = ({ name }: Pick<ModelFile, 'name'>): boolean => name.endsWith(INDEX);

export const isSafetensors = ({ name }: Pick<ModelFile, 'name'>): boolean =>
  name.endsWith('.safetensors');

/** What a request of google/ffn, or the arguments in it, may be called. */
export const isRequestText = ({ name }: Pick<ModelFile, 'name'>): boolean =>
  /\.(pbtxt|textproto|json)$/.test(name);

/** Whether a file by its name may be one of a model's: then it is no volume. */
export const isModelFile = (file: Pick<ModelFile, 'name'>): boolean =>
  isIndex(file) || isSafetensors(file) || /\.data-\d{5}-of-\d{5}$/.test(file.name);
