import { writeFile } from 'node:fs/promises';
import v8 from 'node:v8';
import { describe, expect, it } from 'vitest';
import { publishedModel } from '../../models/testing';
import { CpuNetwork } from '../network/cpu/network';
import { testNetworkThreads } from '../network/cpu/testing';
import { growObjects } from './grow';
import { logit } from './params';
import { fieldsOf } from './testing';
import { agreement, goldenSeeds, publishedObject, readSample } from './testing-published';

v8.setFlagsFromString('--experimental-wasm-relaxed-simd');

const REPORT = '.cache/ffn-whole.json';
const TOLD_STEPS = 100;
const HOURS = 6 * 3_600_000;

/** So many fields of view of one object at once; 1 is google/ffn's own order. */
const batch = Number(process.env.FLOODLIGHT_FFN_BATCH ?? 1);
/** Which of the seeds, from 0 on; all where nobody says so. */
const wanted = process.env.FLOODLIGHT_FFN_SEEDS?.split(',').map(Number);
const maxSteps = Number(process.env.FLOODLIGHT_FFN_STEPS ?? Number.POSITIVE_INFINITY);

/** Half an hour or more on few cores; what is done is told as it goes and written to `.cache/ffn-whole.json` after each object. */
describe('the published network, to the end', () => {
  it(
    'grows google/ffn’s own segments whole',
    async () => {
      const model = await publishedModel();
      const { shapeZyx, image, google } = await readSample(model);
      const { fieldOfViewZyx } = model;
      const threads = await testNetworkThreads(2, true);
      const network = await CpuNetwork.create(threads, model, { fieldOfViewZyx, maxBatch: batch });
      const report: object[] = [];
      for (const [index, { seed_zyx, google_segment_id }] of (await goldenSeeds()).entries()) {
        if (wanted && !wanted.includes(index)) continue;
        const object = publishedObject(model, shapeZyx, seed_zyx);
        const started = performance.now();
        const done = () => ({
          seed_zyx,
          google_segment_id,
          batch,
          steps: object.steps,
          queued: object.queued,
          seconds: (performance.now() - started) / 1000,
          ...agreement(object, google, google_segment_id, shapeZyx, logit(0.6)),
        });
        await growObjects([object], {
          network,
          image: fieldsOf(image, shapeZyx, fieldOfViewZyx),
          signal: new AbortController().signal,
          batch,
          maxSteps,
          onStep: () => {
            if (object.steps % TOLD_STEPS < batch) console.info(JSON.stringify(done()));
          },
        });
        report.push(done());
        await writeFile(REPORT, JSON.stringify(report, null, 2));
        expect(done().dice).toBeGreaterThan(0.95);
      }
      network.dispose();
    },
    HOURS,
  );
});
