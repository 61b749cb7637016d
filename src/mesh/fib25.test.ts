import { beforeAll, describe, expect, it } from 'vitest';
import type { Zyx } from '../core/vec';
import { isClosed, meshVolume } from './measure';
import { countVoxels, fillFrom, meshOf, readFib25 } from './test-volumes';

describe('surfaces of flood fills in real EM', () => {
  let image: Awaited<ReturnType<typeof readFib25>>;
  beforeAll(async () => {
    image = await readFib25();
  });

  it.each<{ seedZyx: Zyx; low: number; voxels: number }>([
    { seedZyx: [39, 248, 240], low: 140, voxels: 2_360_470 },
    { seedZyx: [125, 125, 125], low: 150, voxels: 1_964_734 },
  ])(
    'are closed and keep the volume: values from $low at $seedZyx',
    ({ seedZyx, low, voxels }) => {
      const volume = fillFrom(image, seedZyx, low);
      expect(countVoxels(volume)).toBe(voxels);
      const mesh = meshOf(volume, { voxelSizeNm: [10, 10, 10], originNm: [0, 0, 0] });
      expect(isClosed(mesh)).toBe(true);
      expect(Math.abs(meshVolume(mesh) / (voxels * 1000) - 1)).toBeLessThan(0.02);
    },
    60_000,
  );
});
