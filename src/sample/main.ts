/** `npm run sample -- [--out FOLDER] [--seed NUMBER]`: makes the embedded sample volume. */
import { parseArgs } from 'node:util';
import { FloodlightError } from '../core/errors';
import type { Zyx } from '../core/vec';
import { makePhantom } from './phantom';
import { writeSample } from './write-zarr';

const SHAPE_ZYX: Zyx = [192, 384, 384];

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'public/sample.zarr' },
    seed: { type: 'string', default: '1' },
  },
});
const seed = Number(values.seed);
if (!Number.isInteger(seed))
  throw new FloodlightError('BAD_PARAMETERS', { what: '--seed', reason: 'must be an integer' });

const start = performance.now();
const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
const phantom = makePhantom(seed, SHAPE_ZYX);
console.log(
  `Made ${SHAPE_ZYX.join(' × ')} voxels, ${phantom.pieces} pieces of neurites: ${seconds()}`,
);
await writeSample(phantom, values.out);
console.log(`Wrote ${values.out}: ${seconds()}`);
