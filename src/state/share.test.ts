import { expect, it } from 'vitest';
import { IDENTITY } from '../core/quaternion';
import type { VolumeInfo } from '../volume/model';
import { parseStartPlace, shareUrl } from './share';

const volume = { url: 'https://data.example/em.zarr?token=a&b' } as VolumeInfo;

it('leads back to the same source, voxel and zoom', () => {
  const url = shareUrl(
    {
      volume,
      positionZyx: [7, 120, 130],
      orientation: [0.1, 0.2, 0.3, Math.sqrt(0.86)],
      nmPerPixel: 4.56789,
      selection: { t: 12, c: 0 },
      display: { layers: [] },
    },
    'https://page.example/floodlight/?source=old&debug=1#top',
  );
  expect(url).toMatch(/^https:\/\/page\.example\/floodlight\/\?source=/);
  const place = parseStartPlace(new URL(url ?? '').search);
  [0.1, 0.2, 0.3, Math.sqrt(0.86)].forEach((part, index) => {
    expect(place.orientation?.[index]).toBeCloseTo(part, 5);
  });
  expect(place).toEqual({
    source: volume.url,
    atZyx: [7, 120, 130],
    orientation: place.orientation,
    nmPerPixel: 4.568,
    selection: { t: 12 },
    layers: [],
  });
});

it('has nothing to share while nothing is open', () => {
  const selection = { t: 0, c: 0 };
  const state = {
    volume: null,
    positionZyx: [0, 0, 0],
    orientation: IDENTITY,
    nmPerPixel: 8,
    selection,
    display: { layers: [] },
  } as const;
  expect(shareUrl(state, 'https://page.example/')).toBe(null);
});

it('ignores what makes no sense', () => {
  expect(parseStartPlace('?source=&at=1,2&turn=0,0,0,0&zoom=-3&t=-1&c=x&layers=[[')).toEqual({
    source: null,
    atZyx: null,
    orientation: null,
    nmPerPixel: null,
    selection: {},
    layers: [],
  });
  expect(parseStartPlace('')).toMatchObject({ source: null, atZyx: null, nmPerPixel: null });
});
