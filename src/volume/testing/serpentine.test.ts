import { describe, expect, it } from 'vitest';
import { volumeOf, type Zyx } from '../../core/vec';
import { openVolume } from '../open-volume';
import {
  type Serpentine,
  type SerpentineOptions,
  serpentine,
  serpentineVolume,
} from './serpentine';

/** Voxels of the seed's value connected to it over corners, and over faces, and how many steps over faces the farthest is away. */
function plainFill(volume: Serpentine, neighbours: readonly Zyx[]) {
  const [, sizeY, sizeX] = volume.shapeZyx;
  const whole = volume.fillChunk({ originZyx: [0, 0, 0], shapeZyx: volume.shapeZyx });
  const steps = new Int32Array(volumeOf(volume.shapeZyx)).fill(-1);
  const indexOf = ([z, y, x]: Zyx) => (z * sizeY + y) * sizeX + x;
  steps[indexOf(volume.seedZyx)] = 0;
  const queue: Zyx[] = [volume.seedZyx];
  for (const [z, y, x] of queue) {
    const here = steps[indexOf([z, y, x])] ?? 0;
    for (const [dz, dy, dx] of neighbours) {
      const next: Zyx = [z + dz, y + dy, x + dx];
      const isInside = next.every((at, axis) => at >= 0 && at < (volume.shapeZyx[axis] ?? 0));
      if (!isInside || (steps[indexOf(next)] ?? 0) >= 0 || whole[indexOf(next)] !== volume.value)
        continue;
      steps[indexOf(next)] = here + 1;
      queue.push(next);
    }
  }
  const last = queue.at(-1) ?? volume.seedZyx;
  const open = whole.reduce((sum, value) => sum + (value === 0 ? 0 : 1), 0);
  return { voxels: queue.length, farthest: steps[indexOf(last)] ?? 0, open };
}

const corners = [-1, 0, 1]
  .flatMap((z) => [-1, 0, 1].flatMap((y) => [-1, 0, 1].map((x): Zyx => [z, y, x])))
  .filter((step) => step.some((each) => each !== 0));
const faces = corners.filter((step) => step.filter((each) => each !== 0).length === 1);

describe('a serpentine', () => {
  it.each<SerpentineOptions>([
    { shapeZyx: [16, 16, 20], periodVoxels: 4 },
    { shapeZyx: [16, 12, 20], periodVoxels: 4 },
    { shapeZyx: [17, 19, 23], periodVoxels: 5 },
    { shapeZyx: [5, 31, 21], periodVoxels: 3 },
    { shapeZyx: [16, 12, 20], periodVoxels: 4, lanes: 7 },
    { shapeZyx: [17, 19, 23], periodVoxels: 5, lanes: 4 },
    { shapeZyx: [3, 3, 6], periodVoxels: 4 },
  ])('is one corridor of the voxels it says: $shapeZyx, $periodVoxels, $lanes', (options) => {
    const volume = serpentine(options);
    const filled = plainFill(volume, faces);
    expect(filled.voxels).toBe(volume.voxels);
    expect(plainFill(volume, corners).voxels).toBe(volume.voxels);
    if (options.lanes === undefined) expect(filled.open).toBe(volume.voxels);
    else expect(filled.open).toBeGreaterThan(volume.voxels);
    // The way leads through each lane, all along x but for the turns.
    const along = options.shapeZyx[2] - 2 * ((options.periodVoxels ?? 0) - 1);
    expect(filled.farthest).toBeGreaterThanOrEqual(volume.lanes * along);
  });

  it('of 2048³ has 8.3 Gvoxel, which no array need hold', () => {
    const volume = serpentine({ shapeZyx: [2048, 2048, 2048] });
    // 32² lanes of 63² × 2048, and a turn of 63² × 1 after each but the last.
    expect(volume.voxels).toBe(1024 * 63 * 63 * 2048 + 1023 * 63 * 63);
    expect(volume.voxelAt([2047, 0, 0])).toBe(0);
  });

  it('is opened as a volume', async () => {
    const source = serpentine({ shapeZyx: [70, 130, 140], periodVoxels: 24 });
    const volume = await openVolume(serpentineVolume(source));
    expect(volume.info.shapeZyx).toEqual(source.shapeZyx);
    const box = { originZyx: [60, 50, 3], shapeZyx: [9, 40, 130] } as const;
    expect(await volume.levels[0]?.readBox(box)).toEqual(source.fillChunk(box));
    expect(source.voxelAt([60, 50, 3])).toBe(source.fillChunk(box)[0]);
  });
});
