import { expect, it } from 'vitest';
import { GpuMemory } from '../../../gpu/memory';
import { Pipelines } from '../../../gpu/pipelines';
import { testGpu } from '../../../gpu/testing';
import type { Tiling } from './tiling';
import { tunedTiling } from './tune';

const tiling = (tileX: number): Tiling => ({
  kernel: 'direct',
  tileX,
  tileQuads: 1,
  groupsX: 8,
  groupsO: 1,
});

it('times tilings on the device once, keeps nothing there, and fails as kernels do', async () => {
  const gpu = await testGpu();
  const memory = new GpuMemory(gpu.device, 2 ** 24);
  const pipelines = new Pipelines(gpu.device);
  const setup = { fieldOfViewZyx: [5, 6, 7], precision: 'f32' } as const;
  const tilings = [tiling(1), tiling(3)] as const;
  const tune = (several: readonly [Tiling, ...Tiling[]]) =>
    tunedTiling(gpu, memory, pipelines, 8, setup, several);
  const [first, second] = await Promise.all([tune([...tilings]), tune([...tilings])]);
  expect(tilings).toContain(first);
  expect(second).toBe(first);
  expect(memory.usedBytes).toBe(0);
  const poor = new GpuMemory(gpu.device, 100);
  const fails = tunedTiling(gpu, poor, pipelines, 4, setup, [...tilings]);
  await expect(fails).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' });
});
