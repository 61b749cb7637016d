import { describe, expect, it } from 'vitest';
import { isFloodlightError } from '../core/errors';
import { parseChannels, parseLabels, parseMultiscale, relativeTransform } from './ome-zarr';

const url = 'http://host/a.zarr';
const axes = (...names: string[]) =>
  names.map((name) => ({
    name,
    type: name === 't' ? 'time' : name === 'c' ? 'channel' : 'space',
    ...(name === 't' || name === 'c' ? {} : { unit: 'micrometer' }),
  }));
const scale = (...values: number[]) => ({ type: 'scale', scale: values });
const translation = (...values: number[]) => ({ type: 'translation', translation: values });
const dataset = (path: string, ...coordinateTransformations: object[]) => ({
  path,
  coordinateTransformations,
});
const valid = { axes: axes('z', 'y', 'x'), datasets: [dataset('0', scale(1, 1, 1))] };

/** The multiscale of attributes that must hold a 3-D one. */
function parse(multiscale: object) {
  const parsed = parseMultiscale({ multiscales: [multiscale] }, url);
  if (!parsed || 'flatPath' in parsed) throw new Error('no 3-D multiscale');
  return parsed;
}

describe('parseMultiscale', () => {
  it('turns units into nanometres and applies global transformations after the dataset’s own', () => {
    const parsed = parse({
      name: 'cortex',
      axes: axes('z', 'y', 'x'),
      datasets: [
        dataset('a/b', scale(2, 1, 1), translation(1, 0, 0)),
        dataset('/c/', scale(4, 2, 2)),
      ],
      coordinateTransformations: [scale(0.5, 0.25, 0.25), translation(3, 0, -1)],
    });
    expect(parsed).toEqual({
      name: 'cortex',
      axes: { rank: 3, spatial: [0, 1, 2], more: [] },
      more: [],
      datasets: [
        { path: 'a/b', voxelSizeNm: [1000, 250, 250], originNm: [3500, 0, -1000] },
        { path: 'c', voxelSizeNm: [2000, 500, 500], originNm: [3000, 0, -1000] },
      ],
    });
  });

  it('finds z, y and x wherever they stand, and takes 0.5’s nested attributes', () => {
    const multiscale = {
      axes: axes('t', 'c', 'x', 'z', 'y'),
      datasets: [dataset('0', scale(1, 1, 4, 40, 8), translation(0, 0, 1, 2, 3))],
    };
    const attributes = { ome: { version: '0.5', multiscales: [multiscale] } };
    expect(parseMultiscale(attributes, url)).toMatchObject({
      axes: { rank: 5, spatial: [3, 4, 2], more: [0, 1] },
      more: ['time', 'channel'],
      datasets: [{ voxelSizeNm: [40000, 8000, 4000], originNm: [2000, 3000, 1000] }],
    });
  });

  it('finds times and channels in any order, by type or, where that is missing, by name', () => {
    const axesOf = (...names: string[]) => names.map((name) => ({ name }));
    const of = (named: object[]) =>
      parse({ axes: named, datasets: [dataset('0', scale(...named.map(() => 1)))] });
    expect(of(axesOf('z', 'c', 'y', 'T', 'x'))).toMatchObject({
      axes: { spatial: [0, 2, 4], more: [3, 1] },
      more: ['time', 'channel'],
    });
    const staining = { name: 'stain', type: 'channel' };
    expect(of([...axes('z', 'y', 'x'), staining])).toMatchObject({
      axes: { spatial: [0, 1, 2], more: [3] },
      more: ['channel'],
    });
    // Of two channel axes none is the one.
    expect(of([staining, ...axes('z', 'y', 'x'), staining])).toMatchObject({ more: [] });
  });

  it('makes one slice of two spatial axes, as thick on all levels', () => {
    const { axes: found, datasets } = parse({
      axes: axes('c', 'y', 'x'),
      datasets: [dataset('0', scale(1, 3, 2), translation(0, 5, 6)), dataset('1', scale(1, 6, 4))],
    });
    expect(found).toEqual({ rank: 3, spatial: [-1, 1, 2], more: [0] });
    expect(datasets).toMatchObject([
      { voxelSizeNm: [3000, 3000, 2000], originNm: [0, 5000, 6000] },
      { voxelSizeNm: [3000, 6000, 4000] },
    ]);
  });

  it('tells of a multiscale of one spatial axis, and of none', () => {
    const flat = { axes: axes('c', 't', 'x'), datasets: [dataset('p', scale(1, 1, 1))] };
    expect(parseMultiscale({ multiscales: [flat] }, url)).toEqual({ flatPath: 'p' });
    expect(parseMultiscale({ other: 1 }, url)).toBeUndefined();
  });

  const hostile: [string, object, RegExp][] = [
    [
      'negative scale',
      { ...valid, datasets: [dataset('0', scale(1, -1, 1))] },
      /axis y has the scale -1/,
    ],
    ['zero scale', { ...valid, datasets: [dataset('0', scale(0, 1, 1))] }, /scale 0/],
    [
      'infinite scale',
      { ...valid, datasets: [dataset('0', scale(Number.POSITIVE_INFINITY, 1, 1))] },
      /scale\.0/,
    ],
    ['NaN scale', { ...valid, datasets: [dataset('0', scale(Number.NaN, 1, 1))] }, /scale\.0/],
    [
      'overflowing product',
      { ...valid, datasets: [dataset('0', scale(1e200, 1, 1), scale(1e200, 1, 1))] },
      /finite/,
    ],
    [
      'huge translation',
      { ...valid, datasets: [dataset('0', scale(1, 1, 1), translation(1e307, 0, 0))] },
      /finite/,
    ],
    [
      'short scale',
      { ...valid, datasets: [dataset('0', scale(1, 1))] },
      /a scale has 2 values for 3 axes/,
    ],
    [
      'short translation',
      { ...valid, datasets: [dataset('0', scale(1, 1, 1), translation(1))] },
      /a translation has 1/,
    ],
    ['no scale', { ...valid, datasets: [dataset('0')] }, /no scale/],
    ['no datasets', { ...valid, datasets: [] }, /datasets/],
    ['datasets missing', { axes: valid.axes }, /datasets/],
    [
      'a thousand datasets',
      { ...valid, datasets: Array(1000).fill(valid.datasets[0]) },
      /datasets/,
    ],
    [
      'path upwards',
      { ...valid, datasets: [dataset('../secret', scale(1, 1, 1))] },
      /\.\.\/secret/,
    ],
    [
      'path upwards within',
      { ...valid, datasets: [dataset('a/../../b', scale(1, 1, 1))] },
      /does not name/,
    ],
    ['empty path', { ...valid, datasets: [dataset('/', scale(1, 1, 1))] }, /does not name/],
    ['axes as strings (0.3)', { ...valid, axes: ['z', 'y', 'x'] }, /axes\.0/],
    ['old version', { ...valid, version: '0.2' }, /0\.4 and 0\.5/],
    [
      'unknown unit',
      { ...valid, axes: [{ name: 'z', type: 'space', unit: 'furlong' }, ...axes('y', 'x')] },
      /furlong/,
    ],
    [
      'unit from the prototype',
      { ...valid, axes: [{ name: 'z', type: 'space', unit: 'constructor' }, ...axes('y', 'x')] },
      /constructor/,
    ],
    [
      'unknown transformation',
      { ...valid, datasets: [dataset('0', { type: 'affine' })] },
      /coordinateTransformations/,
    ],
    [
      'scale kept in a file',
      { ...valid, datasets: [dataset('0', { type: 'scale', path: 's' })] },
      /scale/,
    ],
    [
      'coarse before fine',
      { ...valid, datasets: [dataset('0', scale(2, 2, 2)), dataset('1', scale(1, 2, 2))] },
      /1 is finer than 0/,
    ],
  ];
  it.each(hostile)('refuses %s', (_, multiscale, reason) => {
    let error: unknown;
    try {
      parse(multiscale);
    } catch (thrown) {
      error = thrown;
    }
    expect(isFloodlightError(error, 'BAD_METADATA') && error.fields.reason).toMatch(reason);
  });

  it.each([
    [null],
    [3],
    ['text'],
    [[]],
    [{ multiscales: 'x' }],
    [{ multiscales: [] }],
    [{ ome: null }],
  ])('survives attributes that are %j', (attributes) => {
    try {
      expect(parseMultiscale(attributes, url)).toBeUndefined();
    } catch (error) {
      expect(isFloodlightError(error, 'BAD_METADATA')).toBe(true);
    }
  });
});

describe('relativeTransform', () => {
  it('keeps the outer corner for means of 2³ (fib25) and shifts for decimation', () => {
    const finest = { voxelSizeNm: [10, 10, 10], originNm: [0, 0, 0] } as const;
    const mean = { voxelSizeNm: [20, 40, 10], originNm: [5, 15, 0] } as const;
    expect(relativeTransform(mean, finest)).toEqual({ scaleZyx: [2, 4, 1], offsetZyx: [0, 0, 0] });
    const decimated = { voxelSizeNm: [20, 20, 20], originNm: [0, 0, 0] } as const;
    expect(relativeTransform(decimated, finest).offsetZyx).toEqual([-0.5, -0.5, -0.5]);
  });
});

describe('hints', () => {
  const channels = (...found: unknown[]) => ({ omero: { channels: found } });
  const window = (start: unknown, end: unknown) => channels({ window: { start, end } });
  it('are taken of each channel, of either version, and no nonsense', () => {
    const [nuclei, membranes] = [
      { label: 'nuclei', color: '00FF7f', window: { start: 40, end: 220, min: 0, max: 255 } },
      { label: ' ', color: 'green', window: { start: 'a', end: 5 } },
    ];
    expect(parseChannels({ ome: channels(nuclei, membranes, 7) }, 4)).toEqual([
      { label: 'nuclei', colour: [0, 255, 127], window: [40, 220] },
      { label: 'Channel 2', colour: undefined, window: undefined },
      { label: 'Channel 3', colour: undefined, window: undefined },
      { label: 'Channel 4', colour: undefined, window: undefined },
    ]);
    expect(parseChannels(window(1, 2), 1)).toMatchObject([{ window: [1, 2] }]);
    for (const odd of [window(5, 5), window(2, 1), channels(), undefined, null, 3, { omero: 1 }])
      expect(parseChannels(odd, 1)).toMatchObject([{ label: 'Channel 1', window: undefined }]);
  });
  it('lists labels and refuses paths out of the group', () => {
    expect(parseLabels({ labels: ['a', 'b c'] }, url)).toEqual(['a', 'b c']);
    expect(parseLabels({}, url)).toEqual([]);
    expect(() => parseLabels({ labels: ['..'] }, url)).toThrow(/does not name/);
  });
});
