import { describe, expect, it } from 'vitest';
import type { FfnRequest } from '../protocol';
import { under } from './testing-tubes';

describe('what makes no segment', () => {
  it.each([
    ['a seed at the edge', { seedZyx: [3, 37, 33] as const }, 'SEED_AT_EDGE'],
    ['a seed outside', { seedZyx: [3, 37, 99] as const }, 'OUTSIDE_VOLUME'],
    [
      'a box smaller than the network sees',
      { box: { originZyx: [33, 33, 30], shapeZyx: [8, 8, 8] } as const },
      'SEED_AT_EDGE',
    ],
    ['a seed in the dark', { seedZyx: [8, 8, 8] as const }, 'SEGMENT_DISCARDED'],
    ['too few voxels', { params: { minSegmentSize: 1e6 } }, 'SEGMENT_DISCARDED'],
    ['an unknown model', { params: { model: '0123456789abcdef' } }, 'UNKNOWN_MODEL'],
    ['a probability of 1', { params: { moveThreshold: 1 } }, 'BAD_PARAMETERS'],
    ['half precision on the processor', { params: { precision: 'f16' } }, 'PRECISION_UNAVAILABLE'],
    ['a precision that there is not', { params: { precision: 'f64' } }, 'BAD_PARAMETERS'],
    ['an unknown option', { params: { patience: 1 } }, 'BAD_PARAMETERS'],
    ['a segment that is not there', { regrow: 7 }, 'UNKNOWN_SEGMENT'],
    ['a further seed at the edge', { params: { seedsZyx: [[1, 1, 1]] } }, 'SEED_AT_EDGE'],
  ])('%s is told of by its code, and leaves nothing', async (_, changes, code) => {
    await under.open();
    const { params: own = {} } = changes as { params?: object };
    const request = { ...under.requestOf(), ...changes, params: { model: under.model, ...own } };
    await expect(under.engine.segment(++under.jobs, request as FfnRequest)).rejects.toMatchObject({
      code,
    });
    expect((await under.labels()).every((id) => id === 0)).toBe(true);
    expect((await under.segment()).voxels).toBeGreaterThan(100);
  });

  it('is a seed in or beside a finished segment', async () => {
    await under.open();
    const { id } = await under.segment();
    await expect(under.segment()).rejects.toMatchObject({ code: 'SEED_TAKEN', fields: { id } });
  });

  it('is what a broken network gives', async () => {
    await under.open();
    under.free = 0;
    const broken = under.segment();
    await expect.poll(() => under.networks[0]?.calls).toBe(1);
    const network = under.networks[0];
    if (!network) throw new Error('no network');
    network.apply = async (field) => field.map(() => Number.NaN);
    network.release();
    await expect(broken).rejects.toMatchObject({ code: 'INTERNAL' });
    expect((await under.labels()).every((label) => label === 0)).toBe(true);
  });
});
