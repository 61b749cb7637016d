import { expect, it } from 'vitest';
import { randomNumbers } from '../../../core/testing/random';
import { volumeOf, type Zyx } from '../../../core/vec';
import { GpuMemory } from '../../../gpu/memory';
import { testGpu } from '../../../gpu/testing';
import { randomNetwork, randomValues } from '../testing';
import { createGpuNetwork } from './network';

it('says that the device was lost, in a call and in those after it', async () => {
  const gpu = await testGpu();
  const fieldOfViewZyx: Zyx = [33, 33, 33];
  const network = await createGpuNetwork(
    gpu,
    new GpuMemory(gpu.device, 2 ** 30),
    // Long enough on any GPU.
    randomNetwork(randomNumbers(1), 12, 32),
    { fieldOfViewZyx, maxBatch: 8, precision: 'f32' },
  );
  const values = randomValues(randomNumbers(2), 8 * volumeOf(fieldOfViewZyx));
  const call = network.apply(values, values);
  setTimeout(() => gpu.device.destroy(), 5);
  await expect(call).rejects.toMatchObject({ code: 'DEVICE_LOST' });
  await expect(network.apply(values, values)).rejects.toMatchObject({ code: 'DEVICE_LOST' });
});
