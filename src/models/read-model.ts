import { fileNameOf } from '../core/file-name';
import type { FfnModel, ModelDetails } from '../segment/ffn/model';
import type { FfnLayers } from '../segment/network/network';
import { changedDetails, detailsOf, detailsProblem } from './details';
import { ffnLayersOf, ffnTensors, type ModelFailures } from './ffn-layers';
import { isIndex, isRequestText, isSafetensors } from './file-names';
import { knownDetails } from './known-models';
import { bundleTensors, failuresOf, type ModelFile } from './model-files';
import { detailsIn, metadataOf } from './model-metadata';
import { readRequestText } from './request-text';
import { readSafetensors, writeSafetensors } from './safetensors';
import type { StoredTensors } from './tensors';

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

/** The tensors of a model's files, and what they tell of it. */
function openFiles(
  main: ModelFile,
  files: readonly ModelFile[],
  { bad }: ModelFailures,
): { tensors: StoredTensors; details: Partial<ModelDetails> } {
  if (isIndex(main)) return { tensors: bundleTensors(main, files, bad), details: {} };
  const { metadata, tensors } = readSafetensors(main.bytes, bad);
  return { tensors, details: detailsIn(metadata, bad) };
}

/** What texts beside the files tell; they must not speak of another depth. */
function requested(files: readonly ModelFile[], depth: number, { bad }: ModelFailures) {
  const texts = files.filter(isRequestText).map(({ bytes }) => readRequestText(bytes, bad));
  const other = texts.find((text) => text.depth !== undefined && text.depth !== depth);
  if (other) throw bad(`its weights are of depth ${depth}, the text beside it says ${other.depth}`);
  return Object.assign({}, ...texts.map(({ details }) => details)) as Partial<ModelDetails>;
}

/** What is known of a model by its weights and by what its files tell; `bad` where that makes no sense. */
export function detailsTold(
  id: string,
  fileName: string,
  toldByFiles: Partial<ModelDetails>,
  { bad }: ModelFailures,
): ModelDetails {
  const told = { ...knownDetails(id), ...toldByFiles };
  const isAssumed = told.fieldOfViewZyx === undefined || told.deltasZyx === undefined;
  const name = fileNameOf(fileName.replace(/\.[^.]*$/, ''), 'model');
  const found = { ...defaultDetails, name, ...told, ...(isAssumed ? { isAssumed } : {}) };
  const problem = detailsProblem(found);
  if (problem === undefined) return found;
  throw bad(`what it says of itself makes no sense (${problem})`);
}

/**
 * A model of its files: a TensorFlow checkpoint (`.index` and all `.data`; a request of google/ffn beside them tells more),
 * or one file of safetensors. What nobody says of it is known by its weights or taken from `defaultDetails`. Rejects with
 * BAD_MODEL or FOREIGN_MODEL, and BAD_PARAMETERS where `details` make no sense.
 */
export async function readModel(
  files: readonly ModelFile[],
  details: Partial<ModelDetails> = {},
): Promise<FfnModel> {
  const mains = files.filter((file) => isIndex(file) || isSafetensors(file));
  const [main] = mains;
  const fileName = (main ?? files[0])?.name ?? 'of no file';
  const failures = failuresOf(fileName);
  if (!main) throw failures.bad('there is neither an .index nor a .safetensors among its files');
  if (mains.length > 1) throw failures.bad('its files belong to more than one model');
  const opened = openFiles(main, files, failures);
  const network = ffnLayersOf(opened.tensors, failures);
  const id = await digestOf(network);
  const told = { ...opened.details, ...requested(files, network.depth, failures) };
  const found = detailsTold(id, fileName, told, failures);
  return { ...changedDetails(found, details), ...network, id };
}

/** A model as one file of safetensors, with google/ffn's names, that `readModel` reads. */
export function writeModel(model: FfnModel): Uint8Array<ArrayBuffer> {
  const { depth, features, layers } = model;
  const values = layers.flatMap(({ weights, biases }) => [weights, biases]);
  const tensors = ffnTensors(depth, features).map((tensor, index) => ({
    ...tensor,
    values: values[index] ?? new Float32Array(),
  }));
  return writeSafetensors(tensors, metadataOf(detailsOf(model)));
}
