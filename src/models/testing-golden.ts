import { readFile } from 'node:fs/promises';
import { dataPath } from '../volume/testing/data';
import { type GoldenField, readGoldenField } from './testing-npy';

/** The golden field of view, under Node. */
export const goldenFieldOfView = (): Promise<GoldenField> =>
  readGoldenField((path) => readFile(dataPath(path)));
