import { describe, expect, it } from 'vitest';
import { BRICK_VOXELS } from '../core/brick';
import { colourOfId64, packColour } from '../core/colour';
import type { LevelReader } from '../volume/model';
import { IndexedLabels } from './indexed-labels';

/** A level whose bricks along x have one id each: these. */
const levelOf = (ids: readonly bigint[]): LevelReader =>
  ({
    readBrick: async ([, , x]: readonly number[]) => ({
      dtype: 'int64',
      data: new BigInt64Array(BRICK_VOXELS).fill(BigInt.asIntN(64, ids[x ?? 0] ?? 0n)),
    }),
  }) as unknown as LevelReader;

const WIDE = 2n ** 63n + 1n;
const IDS = [7n, WIDE, -1n];
const full = (id: bigint) => packColour(colourOfId64(BigInt.asUintN(64, id)));
const faint = (id: bigint) => ((full(id) & 0xffffff) | 0x40000000) >>> 0;

describe('labels that stand out', () => {
  it('keep their colour, while those met before and later are fainter, until none does', async () => {
    const labels = new IndexedLabels([levelOf(IDS)]);
    const read = (x: number) => labels.readBrick(0, [0, 0, x], new AbortController().signal);
    await read(0);
    const { version } = labels;
    labels.emphasize([String(WIDE)]);
    expect(labels.version).toBeGreaterThan(version);
    await read(1);
    await read(2);
    expect([...labels.words]).toEqual([0, faint(7n), full(WIDE), faint(-1n)]);
    // As they are stored, and what is no id stands out nowhere.
    labels.emphasize(['-1', '7', 'seven', '']);
    expect([...labels.words]).toEqual([0, full(7n), faint(WIDE), full(-1n)]);
    const before = labels.version;
    labels.emphasize(['-1', '7', 'seven', '']);
    expect(labels.version).toBe(before);
    labels.emphasize(undefined);
    expect([...labels.words]).toEqual([0, ...IDS.map(full)]);
  });
});
