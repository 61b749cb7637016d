import { beforeAll, expect, it, vi } from 'vitest';
import { randomNumbers } from '../../core/testing/random';
import type { GpuContext } from '../../gpu/device';
import { GpuMemory } from '../../gpu/memory';
import { testGpu } from '../../gpu/testing';
import type { FfnModel } from '../../segment/ffn/model';
import { tilingsFor } from '../../segment/network/gpu/tiling';
import { errorAgainstTwin, randomNetwork } from '../../segment/network/testing';
import { memoryValues } from '../testing-values';
import { gpuNetworks } from './gpu-networks';

const model = {
  ...randomNetwork(randomNumbers(1), 1, 4),
  ...{ id: 'small', fieldOfViewZyx: [3, 4, 5] },
} as unknown as FfnModel;

let gpu: GpuContext;
beforeAll(async () => {
  const { device, adapter } = await testGpu();
  // Tilings are timed on what is no software.
  gpu = { device, adapter: { ...adapter, isSoftware: false } };
});

/** Makes a network as a visit does that finds these values, and sees that it calculates what it should. */
async function visit(values: ReturnType<typeof memoryValues>): Promise<void> {
  const memory = new GpuMemory(gpu.device, 2 ** 26);
  const network = await gpuNetworks(gpu, memory, values)(model, 2, 'f32');
  expect(await errorAgainstTwin(network, model, 2, randomNumbers(2))).toBeLessThan(1e-5);
  network.dispose();
}

it('times tilings at the first visit alone, and again where what was kept is broken', async () => {
  const values = memoryValues();
  const write = vi.spyOn(values, 'write');
  await visit(values);
  expect(write).toHaveBeenCalledTimes(1);
  const [[key, own] = ['', undefined]] = [...values.values];
  expect(tilingsFor(gpu.adapter)).toContainEqual((own as { tiling: object }).tiling);
  await visit(values);
  expect(write).toHaveBeenCalledTimes(1);

  for (const broken of [7, {}, { of: key, tiling: { kernel: 'direct', tileX: 1e9 } }]) {
    write.mockClear();
    values.values.set(key, broken);
    await visit(values);
    expect(write).toHaveBeenCalledTimes(1);
    expect(values.values.get(key)).toEqual(own);
  }
}, 180_000);

it('times them again where the driver no longer takes the one that was kept', async () => {
  const values = memoryValues();
  await visit(values);
  const write = vi.spyOn(values, 'write');
  const compile = vi.spyOn(gpu.device, 'createComputePipelineAsync');
  compile.mockRejectedValueOnce(new Error('the driver is another'));
  await visit(values);
  expect(write).toHaveBeenCalledTimes(1);
  compile.mockRestore();
}, 180_000);
