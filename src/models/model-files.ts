import { FloodlightError } from '../core/errors';
import { countShards, readBundle, shardName } from './bundle';
import type { Fail } from './byte-reader';
import type { ModelFailures } from './ffn-layers';
import { prefixOf } from './file-names';
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

/** The tensors of a checkpoint: of its `.index`, and the `.data` files of the same prefix among the files. */
export function bundleTensors(
  index: ModelFile,
  files: readonly ModelFile[],
  fail: Fail,
): StoredTensors {
  const prefix = prefixOf(index.name);
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
