import { describe, expect, it } from 'vitest';
import { TILINGS_OF_GPUS, type Tiling, tilingOf, tilingsFor } from './tiling';
import { bestTiling } from './tune';

const [a, b, c] = TILINGS_OF_GPUS as unknown as readonly [Tiling, Tiling, Tiling];
const trial = (tiling: Tiling, ...milliseconds: number[]) => ({ tiling, milliseconds });

describe('the best of some tilings', () => {
  it('is the one with the shortest time, however long its others are', () => {
    expect(bestTiling(trial(a, 5, 5), [trial(b, 90, 3), trial(c, 4, 4)])).toBe(b);
  });

  it('is an earlier one where a later one is hardly better', () => {
    expect(bestTiling(trial(a, 5), [trial(b, 4.9), trial(c, 4.8)])).toBe(a);
    expect(bestTiling(trial(a, 5), [trial(b, 4.5), trial(c, 4.4)])).toBe(b);
  });
});

describe('tilings for GPUs', () => {
  it('are tried there alone', () => {
    expect(tilingsFor({ isSoftware: false, architecture: 'ampere', subgroupSize: 32 })).toBe(
      TILINGS_OF_GPUS,
    );
    for (const architecture of ['swiftshader', 'llvmpipe'])
      expect(tilingsFor({ isSoftware: true, architecture, subgroupSize: 4 })).toHaveLength(1);
  });

  it.each(TILINGS_OF_GPUS)('are within what any WebGPU device has: %o', (tiling) => {
    if (tiling.kernel === 'winograd') {
      expect(tiling.groupsX).toBeLessThanOrEqual(256);
      // There subgroups may be of any size.
      expect(tiling.lanes).toBe(0);
      return;
    }
    const { kernel, tileX, tileQuads, groupsX, groupsO } = tiling;
    expect(groupsX * groupsO).toBeLessThanOrEqual(256);
    const strip = groupsX * tileX + 2;
    const weights = 3 * 4 * groupsO * tileQuads;
    expect(16 * (strip + weights)).toBeLessThanOrEqual(16384);
    if (kernel === 'tiled') expect(tileX % 2).toBe(1);
  });

  it.each(TILINGS_OF_GPUS)(
    'are known again once they were stored, for the same kind: %o',
    (tiling) => {
      const gpu = { isSoftware: false, architecture: 'ampere', subgroupSize: 32 };
      const { kernel, ...rest } = JSON.parse(JSON.stringify(tiling));
      expect(tilingOf(gpu, { ...rest, kernel })).toBe(tiling);
      expect(tilingOf({ ...gpu, isSoftware: true }, tiling)).toBeUndefined();
      for (const wrong of [
        rest,
        { ...tiling, tileX: 3.5 },
        { ...tiling, more: 1 },
        [],
        null,
        'tiled',
      ])
        expect(tilingOf(gpu, wrong)).toBeUndefined();
    },
  );
});
