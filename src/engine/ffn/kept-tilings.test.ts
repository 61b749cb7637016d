import { describe, expect, it } from 'vitest';
import { keptValues } from '../../disk/kept-values';
import type { AdapterInfo } from '../../gpu/device';
import { TILINGS_OF_GPUS, type Tiling } from '../../segment/network/gpu/tiling';
import { memoryValues } from '../testing-values';
import { KeptTilings, type TimedFor } from './kept-tilings';

const adapter: AdapterInfo = {
  ...{ vendor: 'nvidia', architecture: 'hopper', device: '0x2330', description: 'H100' },
  ...{ isSoftware: false, subgroupSize: 32, features: ['shader-f16'], limits: {} },
};
const timedFor: TimedFor = { fieldOfViewZyx: [33, 33, 33], features: 32, precision: 'f32' };
const [first, second] = TILINGS_OF_GPUS as unknown as readonly [Tiling, Tiling];

describe('tilings that were found fastest', () => {
  it('are known at the next visit, for the same adapter, shape and precision alone', async () => {
    const values = memoryValues();
    await new KeptTilings(values, adapter).keep(timedFor, second);
    expect(await new KeptTilings(values, { ...adapter }).find({ ...timedFor })).toEqual(second);
    for (const other of [
      { vendor: 'amd' },
      { architecture: 'ada' },
      { device: '0x2331' },
      { description: 'H100, driver 2' },
      { features: [] },
      { isSoftware: true },
    ])
      expect(
        await new KeptTilings(values, { ...adapter, ...other }).find(timedFor),
        JSON.stringify(other),
      ).toBeUndefined();
    for (const other of [
      { fieldOfViewZyx: [33, 33, 31] as const },
      { features: 16 },
      { precision: 'f16' as const },
    ])
      expect(
        await new KeptTilings(values, adapter).find({ ...timedFor, ...other }),
      ).toBeUndefined();
  });

  it.each([
    ['nothing', () => undefined],
    ['null', () => null],
    ['a text', () => 'tiled'],
    ['a list', () => []],
    ['no tiling', ({ of }: { of: string }) => ({ of })],
    ['a tiling alone', () => second],
    ['an entry of something else', () => ({ of: 'other', tiling: second })],
    ['more than an entry', (own: object) => ({ ...own, more: 1 })],
    ['a tiling of no numbers', (own: object) => ({ ...own, tiling: { ...second, tileX: '7' } })],
    ['a tiling that nobody tries', (own: object) => ({ ...own, tiling: { ...second, tileX: 99 } })],
    ['a tiling with more', (own: object) => ({ ...own, tiling: { ...second, run: 'alert()' } })],
    ['a tiling that is none', (own: object) => ({ ...own, tiling: 7 })],
  ] as const)('are not believed where there is %s, and then kept anew', async (_, broken) => {
    const values = memoryValues();
    const tilings = new KeptTilings(values, adapter);
    await tilings.keep(timedFor, second);
    const [[key, own] = ['', undefined]] = [...values.values];
    values.values.set(key, (broken as (own: unknown) => unknown)(own));
    expect(await tilings.find(timedFor)).toBeUndefined();
    await tilings.keep(timedFor, first);
    expect(await tilings.find(timedFor)).toEqual(first);
  });

  it('are none where nothing can be read or written', async () => {
    const broken = async () => {
      throw new DOMException('no', 'InvalidStateError');
    };
    // Node has no IndexedDB.
    for (const values of [keptValues(), { read: broken, write: broken }]) {
      const tilings = new KeptTilings(values, adapter);
      await tilings.keep(timedFor, second);
      expect(await tilings.find(timedFor)).toBeUndefined();
    }
  });
});
