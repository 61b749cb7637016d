import v8 from 'node:v8';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishedModel } from '../../models/testing';
import { hasData } from '../../volume/testing/data';
import { CpuNetwork } from '../network/cpu/network';
import { testNetworkThreads } from '../network/cpu/testing';
import type { Network } from '../network/network';
import { growObjects } from './grow';
import type { FfnModel } from './model';
import { logit } from './params';
import { fieldsOf } from './testing';
import { agreement, goldenSeeds, publishedObject, readSample } from './testing-published';

v8.setFlagsFromString('--experimental-wasm-relaxed-simd');

describe.runIf(hasData('ffn-fib25'))('the published network', () => {
  let model: FfnModel;
  let network: Network;
  let sample: Awaited<ReturnType<typeof readSample>>;

  beforeAll(async () => {
    model = await publishedModel();
    sample = await readSample(model);
    const { fieldOfViewZyx } = model;
    const threads = await testNetworkThreads(2, true);
    network = await CpuNetwork.create(threads, model, { fieldOfViewZyx, maxBatch: 4 });
  }, 60_000);
  afterAll(() => network.dispose());

  it('grows pieces of what google/ffn grew from the same seeds', async () => {
    const { shapeZyx, image, google } = sample;
    const seeds = (await goldenSeeds()).slice(1, 3);
    const objects = seeds.map(({ seed_zyx }) => publishedObject(model, shapeZyx, seed_zyx));
    await growObjects(objects, {
      network,
      image: fieldsOf(image, shapeZyx, model.fieldOfViewZyx),
      signal: new AbortController().signal,
      batch: 1,
      maxSteps: 25,
    });
    for (const [index, object] of objects.entries()) {
      const id = seeds[index]?.google_segment_id ?? 0;
      const { dice, voxels } = agreement(object, google, id, shapeZyx, logit(0.6));
      expect(object.steps).toBe(25);
      expect(voxels).toBeGreaterThan(100_000);
      expect(dice).toBeGreaterThan(0.98);
    }
  }, 120_000);
});
