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
  const setup = { fieldOfViewZyx: [5, 6, 7], features: 8, precision: 'f32' } as const;
  const tilings = [tiling(1), tiling(3)] as const;
  const tune = (several: readonly [Tiling, ...Tiling[]]) =>
    tunedTiling(gpu, memory, pipelines, setup, several);
  const [first, second] = await Promise.all([tune([...tilings]), tune([...tilings])]);
  expect(tilings).toContain(first);
  expect(second).toBe(first);
  expect(memory.usedBytes).toBe(0);
  // Its scratch is of 8 × 8 products a tile: more than the rest.
  const scarce = new GpuMemory(gpu.device, 2 ** 16);
  const large = {
    kernel: 'winograd',
    spread: 'alone',
    tileZ: 1,
    tileQuads: 1,
    groupsX: 1,
    lanes: 0,
  } as const;
  const found = tunedTiling(gpu, scarce, pipelines, setup, [tiling(1), large]);
  expect(await found).toEqual(tiling(1));
  const poor = new GpuMemory(gpu.device, 100);
  const fails = tunedTiling(gpu, poor, pipelines, { ...setup, features: 4 }, [...tilings]);
  await expect(fails).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' });
});
