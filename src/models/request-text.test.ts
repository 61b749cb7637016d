import { describe, expect, it } from 'vitest';
import { readModel } from './read-model';
import { writeBundle } from './testing-bundle';
import { randomNetwork, tensorsOf } from './testing-network';

const files = writeBundle('model.ckpt-1', tensorsOf(randomNetwork(2, 3, 1)));
const beside = (name: string, text: string) =>
  readModel([...files, { name, bytes: new TextEncoder().encode(text) }]);

/** Written as google/ffn's configs are; sizes are x, y, z. */
const request = (args: string) => `
image { hdf5: "somewhere:raw" }
image_mean: 128.5
image_stddev: 33
model_checkpoint_path: "models/model.ckpt-1"
model_name: "convstack_3d.ConvStack3DFFNModel"
model_args: ${args}
inference_options { init_activation: 0.95 pad_value: 0.5 move_threshold: 0.6
  min_boundary_dist { x: 1 y: 1 z: 1 } segment_threshold: 0.6 }
`;
const args = { depth: 2, fov_size: [41, 33, 17], deltas: [10, 8, 4] };
const told = { fieldOfViewZyx: [17, 33, 41], deltasZyx: [4, 8, 10] };

describe('requests of google/ffn beside a checkpoint', () => {
  it.each([
    ['in double quotes', JSON.stringify(JSON.stringify(args))],
    ['in single quotes', `'${JSON.stringify(args)}'`],
  ])('tell sizes, normalisation and thresholds, %s', async (_, text) => {
    const model = await beside('inference.pbtxt', request(text));
    expect(model).toMatchObject({
      ...told,
      normalization: { mean: 128.5, deviation: 33 },
      padProbability: 0.5,
      moveThreshold: 0.6,
    });
    expect(model).not.toHaveProperty('isAssumed');
  });

  it.each([
    ['alone', args],
    ['wrapped', { model_args: args }],
    ['wrapped as text', { model_args: JSON.stringify(args) }],
  ])('tell sizes as JSON, %s', async (_, json) => {
    expect(await beside('model.json', JSON.stringify(json))).toMatchObject(told);
  });

  it.each([
    ['are of another depth', JSON.stringify({ depth: 12 })],
    ['are no JSON', '{"depth": 12'],
    ['have sizes of two axes', '{"deltas": [8, 8]}'],
    ['have an even field of view', '{"fov_size": [32, 32, 32]}'],
  ])('are refused where they %s', async (_, text) => {
    await expect(beside('model.json', text)).rejects.toMatchObject({ code: 'BAD_MODEL' });
  });
});
