import { describe, expect, it } from 'vitest';
import { IDENTITY, turnAbout } from '../../core/quaternion';
import { directionsOf, type SliceView, sliceStep } from '../../core/slice-geometry';
import { add, dot, multiply, subtract, type Zyx } from '../../core/vec';
import { visibleBricks } from '../../core/visible-bricks';
import type { LevelInfo } from '../../volume/model';
import { addressKey } from './address';
import { type Motion, moved, placesAhead } from './motion';
import { priorityOf } from './priority';
import { isSeen, viewWants, wantsWithin } from './view-wants';

const NM: Zyx = [8, 8, 8];
const level = (factor: number): LevelInfo => ({
  path: String(factor),
  shapeZyx: [2048 / factor, 2048 / factor, 2048 / factor],
  chunkZyx: [64, 64, 64],
  scaleZyx: [factor, factor, factor],
  offsetZyx: [0, 0, 0],
});
const LEVELS = [1, 2, 4, 8].map(level);
const state: SliceView = {
  centerZyx: [1000.5, 1010, 1020],
  orientation: IDENTITY,
  nmPerPixel: 8,
  widthPixels: 300,
  heightPixels: 200,
};
const MOST = 2 ** 16;
const sorted = (shown: SliceView, motion?: Motion, most = MOST) =>
  wantsWithin(viewWants('xy', shown, LEVELS, NM, motion), most);
const keys = (wants: ReturnType<typeof sorted>) => wants.map(({ address }) => addressKey(address));
const inBand = (wants: ReturnType<typeof sorted>, band: 'prefetch' | 'context') =>
  wants.filter(
    ({ priority }) =>
      priority >= priorityOf(band, 0) && priority <= priorityOf(band, Number.MAX_VALUE),
  );
/** Slices go by one each 100 ms. */
const stepping = moved(
  moved(undefined, 'xy', state, NM, 0),
  'xy',
  { ...state, centerZyx: [1001.5, 1010, 1020] },
  NM,
  100,
);

describe('what a view wants', () => {
  it('is the coarsest level first, then its own from the middle outwards', () => {
    const seen = sorted(state).filter(isSeen);
    const expected = [
      ...visibleBricks('xy', state, level(8), NM).map((brickZyx) => ({ level: 3, brickZyx })),
      ...visibleBricks('xy', state, level(1), NM).map((brickZyx) => ({ level: 0, brickZyx })),
    ];
    expect(keys(seen)).toEqual(expected.map(addressKey));
    expect(seen.length).toBeGreaterThan(20);
  });

  it('is, without motion, then only coarser context around it', () => {
    // In the middle of a brick of the coarsest level, 512 wide: only what is twice as wide reaches the next.
    const shown = { ...state, centerZyx: [1000.5, 1280, 1280] as const };
    const unseen = sorted(shown).filter((want) => !isSeen(want));
    expect(unseen).toEqual(inBand(unseen, 'context'));
    expect(new Set(unseen.map(({ address }) => address.level))).toEqual(new Set([1, 3]));
  });

  it('is the next layer of bricks when slices go by', () => {
    const shown = { ...state, centerZyx: stepping.centerZyx };
    const ahead = inBand(sorted(shown, stepping), 'prefetch');
    expect(ahead.length).toBe(visibleBricks('xy', state, level(1), NM).length);
    for (const { address } of ahead) expect([address.level, address.brickZyx[0]]).toEqual([0, 16]);
  });

  it('is, where the views are turned, what the turned plane cuts, and will cut as slices go by', () => {
    const turned = { ...state, orientation: turnAbout([0, 0, 1], 0.5) } as const;
    const step = sliceStep('xy', turned.orientation, NM);
    const next = { ...turned, centerZyx: add(turned.centerZyx, step) };
    const motion = moved(moved(undefined, 'xy', turned, NM, 0), 'xy', next, NM, 100);
    const wants = sorted(next, motion);
    const seen = wants.filter(
      ({ address, priority }) => address.level === 0 && isSeen({ address, priority }),
    );
    expect(seen.map(({ address }) => address.brickZyx)).toEqual(
      visibleBricks('xy', next, level(1), NM),
    );
    const { right, down, away } = directionsOf('xy', turned.orientation);
    expect(placesAhead(motion, { right, down, away }, level(1), NM)).toHaveLength(1);
    const ahead = inBand(wants, 'prefetch');
    expect(ahead.length).toBeGreaterThan(seen.length / 2);
    // All are cut by the plane a brick further on, none lies beside it.
    for (const { address } of ahead) {
      const middle = add(multiply(address.brickZyx, [64, 64, 64]), [32, 32, 32]);
      const fromPlane = dot(subtract(middle, next.centerZyx), away) - 64 * dot(step, away);
      const reach = 32 * (Math.abs(away[0]) + Math.abs(away[1]) + Math.abs(away[2]));
      expect(Math.abs(fromPlane)).toBeLessThanOrEqual(reach + 1e-6);
    }
  });

  it('has each brick once, at its most urgent', () => {
    const wants = sorted(state, stepping);
    expect(new Set(keys(wants)).size).toBe(wants.length);
    const twice = wantsWithin([...wants.toReversed(), ...wants], MOST);
    expect(twice).toEqual(wants);
  });

  it('never fills a pool with what is not seen', () => {
    for (const most of [4, 24, 30, 40, 64, 200]) {
      const wants = sorted(state, stepping, most);
      const seen = wants.filter(isSeen).length;
      expect(seen).toBe(Math.min(most, sorted(state).filter(isSeen).length));
      expect(wants.length).toBeLessThanOrEqual(most);
      expect(wants.length - seen).toBeLessThanOrEqual(most / 4);
    }
    expect(sorted(state, stepping, 200).some((want) => !isSeen(want))).toBe(true);
  });

  it('has the coarsest level once where that is the one shown', () => {
    const far = { ...state, nmPerPixel: 64 };
    expect(new Set(sorted(far).map(({ address }) => address.level))).toEqual(new Set([3]));
  });
});
