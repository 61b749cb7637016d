import { beforeAll, describe, expect, it } from 'vitest';
import type { GpuContext } from '../../../gpu/device';
import { GpuMemory } from '../../../gpu/memory';
import { testGpu } from '../../../gpu/testing';
import { publishedModel } from '../../../models/testing';
import { goldenFieldOfView } from '../../../models/testing-golden';
import { hasData } from '../../../volume/testing/data';
import type { Network, Precision } from '../network';
import { relativeError } from '../testing';
import { createGpuNetwork } from './network';

let gpu: GpuContext;
let golden: Awaited<ReturnType<typeof goldenFieldOfView>>;
beforeAll(async () => {
  gpu = await testGpu();
  if (hasData('ffn-fib25')) golden = await goldenFieldOfView();
});

async function create(precision: Precision): Promise<Network> {
  const model = await publishedModel();
  const { fieldOfViewZyx } = model;
  const memory = new GpuMemory(gpu.device, 2 ** 28);
  return createGpuNetwork(gpu, memory, model, { fieldOfViewZyx, maxBatch: 1, precision });
}

describe.runIf(hasData('ffn-fib25'))('the published network on the GPU', () => {
  it.each([
    ['seed', 'first'],
    ['first', 'second'],
  ] as const)(
    'leads from %s to %s in the golden field of view',
    async (from, to) => {
      const network = await create('f32');
      const logits = await network.apply(golden.image, golden[from]);
      expect(relativeError(logits, golden[to])).toBeLessThan(1e-4);
      network.dispose();
      // 46 GFLOP, on whatever the machine has.
    },
    180_000,
  );

  it('does so in f16, nearly, where the adapter has it', async () => {
    if (!gpu.device.features.has('shader-f16')) {
      await expect(create('f16')).rejects.toMatchObject({ code: 'BAD_PARAMETERS' });
      return;
    }
    const network = await create('f16');
    const logits = await network.apply(golden.image, golden.seed);
    expect(relativeError(logits, golden.first)).toBeLessThan(1e-2);
    network.dispose();
  }, 180_000);
});
