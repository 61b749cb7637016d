import { readFile } from 'node:fs/promises';
import type { FfnModel } from '../segment/ffn/model';
import { dataPath } from '../volume/testing/data';
import type { ModelFile } from './model-files';
import { readModel } from './read-model';

const FOLDER = 'ffn-fib25';
const PREFIX = 'model.ckpt-27465036';

/** The files of google/ffn's checkpoint for FIB-25, from FLOODLIGHT_DATA. */
export const publishedFiles = (): Promise<ModelFile[]> =>
  Promise.all(
    [`${PREFIX}.index`, `${PREFIX}.data-00000-of-00001`].map(async (name) => ({
      name,
      bytes: Uint8Array.from(await readFile(dataPath(`${FOLDER}/${name}`))),
    })),
  );

/** The model in them. */
export const publishedModel = async (): Promise<FfnModel> => readModel(await publishedFiles());
