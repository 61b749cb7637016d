import { existsSync } from 'node:fs';
import path from 'node:path';

/** The folder of real data: FLOODLIGHT_DATA, else `../shared/data` beside the repository. */
const dataFolder = path.resolve(process.env.FLOODLIGHT_DATA ?? '../shared/data');

/** Whether tests on real data run: where it is missing they are skipped, except under CI, where they must fail. */
export const hasData = (name: string): boolean =>
  Boolean(process.env.CI) || existsSync(path.join(dataFolder, name));

export const dataPath = (name: string): string => path.join(dataFolder, name);
