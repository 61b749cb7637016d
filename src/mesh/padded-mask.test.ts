import fc from 'fast-check';
import { expect, it } from 'vitest';
import { brickKey } from '../core/brick';
import type { Zyx } from '../core/vec';
import { HALO, PADDED_EDGE, padMask, ROW_MARGIN, ROW_WORDS } from './padded-mask';
import { brickBits, makeVolume } from './test-volumes';

it('holds the voxels of the brick and its halo where it says, zeros outside the volume', () => {
  const shapeZyx: Zyx = [70, 130, 140];
  const volume = makeVolume(shapeZyx, (z, y, x) => ((z * 73) ^ (y * 151) ^ (x * 199)) % 3 === 0);
  const bits = brickBits(volume);
  const read = (at: Zyx) => (at.some((value) => value < 0) ? undefined : bits.get(brickKey(at)));
  const isSet = ([z, y, x]: Zyx): number =>
    z < 0 || y < 0 || x < 0 || z >= 70 || y >= 130 || x >= 140
      ? 0
      : (volume.data[(z * 130 + y) * 140 + x] ?? 0);
  const coordinate = fc.integer({ min: -HALO, max: 63 + HALO });
  for (const brickZyx of [
    [0, 0, 0],
    [0, 1, 1],
    [1, 2, 2],
  ] satisfies Zyx[]) {
    const { words } = padMask(read, brickZyx);
    fc.assert(
      fc.property(coordinate, coordinate, coordinate, (z, y, x) => {
        const row = ((z + HALO) * PADDED_EDGE + y + HALO) * ROW_WORDS;
        const at = x + ROW_MARGIN;
        const bit = ((words[row + (at >> 5)] ?? 0) >>> (at & 31)) & 1;
        const [firstZ, firstY, firstX] = brickZyx.map((value) => value * 64) as [
          number,
          number,
          number,
        ];
        expect(bit).toBe(isSet([firstZ + z, firstY + y, firstX + x]));
      }),
      { numRuns: 300 },
    );
  }
});
