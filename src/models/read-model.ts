import type { FfnModel, ModelDetails } from '../segment/ffn/model';
import type { FfnLayers } from '../segment/network/network';
import { ffnLayersOf, type ModelFailures } from './ffn-layers';
import { knownDetails } from './known-models';
import { bundleTensors, failuresOf, isIndex, type ModelFile } from './model-files';

const ID_BYTES = 8;

/** What a checkpoint does not tell: as google/ffn's published network for FIB-25 has it. */
export const defaultDetails: Omit<ModelDetails, 'name'> = {
  source: '',
  licence: '',
  fieldOfViewZyx: [33, 33, 33],
  deltasZyx: [8, 8, 8],
  voxelSizeNm: null,
  normalization: { mean: 128, deviation: 33 },
  padProbability: 0.05,
  moveThreshold: 0.9,
};

/** Names a network by its weights: the first eight bytes of a SHA-256, in hexadecimal digits. */
export async function digestOf({ layers }: FfnLayers): Promise<string> {
  const arrays = layers.flatMap(({ inputs, outputs, weights, biases }) => [
    Float32Array.of(inputs, outputs),
    weights,
    biases,
  ]);
  const all = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', all));
  return [...digest.subarray(0, ID_BYTES)]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}

/** The layers in a checkpoint's files. */
function readLayers(files: readonly ModelFile[], failures: ModelFailures): FfnLayers {
  const [index, ...others] = files.filter(isIndex);
  if (!index) throw failures.bad('there is no .index among its files');
  if (others.length > 0) throw failures.bad('its files belong to more than one checkpoint');
  return ffnLayersOf(bundleTensors(index, files, failures.bad), failures);
}

/**
 * A model of its files: a TensorFlow checkpoint, `.index` and all `.data`. What is not said of it is known by its weights
 * or taken from `defaultDetails`. Rejects with BAD_MODEL or FOREIGN_MODEL.
 */
export async function readModel(
  files: readonly ModelFile[],
  details: Partial<ModelDetails> = {},
): Promise<FfnModel> {
  const fileName = (files.find(isIndex) ?? files[0])?.name ?? 'without files';
  const network = readLayers(files, failuresOf(fileName));
  const id = await digestOf(network);
  const name = fileName.replace(/\.[^.]*$/, '');
  return { ...defaultDetails, name, ...knownDetails(id), ...details, ...network, id };
}
