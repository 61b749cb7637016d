/** What every flood fill has to do as the plain one does, wherever it runs. */
import { describe, expect, it } from 'vitest';
import { randomNumbers } from '../../core/testing/random';
import type { Zyx } from '../../core/vec';
import { comb, middle, noise, serpentine } from './test-volumes';
import type { FloodFillRequest } from './types';

export const bright = { low: 100, high: 255 };

/** Tests a fill in volumes of bright voxels and dark ones; `compare` fills, and expects what the plain fill gives. */
export function testNeighbours(
  compare: (
    values: Uint8Array<ArrayBuffer>,
    shapeZyx: Zyx,
    request: FloodFillRequest,
  ) => Promise<{ readonly voxels: number }>,
): void {
  describe.each([
    [6, 0.345],
    [18, 0.16],
    [26, 0.115],
  ] as const)('with %i neighbours', (connectivity, share) => {
    it('in noise near the percolation threshold, of odd sizes', async () => {
      const next = randomNumbers(connectivity);
      for (let round = 0; round < 2; round++) {
        const size = () => 40 + Math.floor(next() * 70);
        const shape: Zyx = [size(), size(), size() + 30];
        const values = noise(shape, share, connectivity * 10 + round);
        await compare(values, shape, { seedZyx: middle(shape), range: bright, connectivity });
      }
    });

    it('in a corridor that winds through all bricks', async () => {
      const shape: Zyx = [35, 71, 67];
      const values = serpentine(shape);
      const { voxels } = await compare(values, shape, {
        seedZyx: [0, 0, 0],
        range: bright,
        connectivity,
      });
      expect(voxels).toBe(values.reduce((sum, value) => sum + (value > 0 ? 1 : 0), 0));
    });

    it('in combs across seams', async () => {
      const shape: Zyx = [37, 70, 131];
      await compare(comb(shape), shape, { seedZyx: [36, 0, 130], range: bright, connectivity });
    });

    it('in a box that cuts words and bricks', async () => {
      const shape: Zyx = [70, 75, 140];
      const box = { originZyx: [9, 5, 13], shapeZyx: [58, 66, 101] } as const;
      const values = noise(shape, 0.8, connectivity);
      await compare(values, shape, { seedZyx: middle(shape), range: bright, connectivity, box });
    });
  });
}
