import { afterAll, describe, expect, it } from 'vitest';
import type { Dtype, ImageDtype } from '../core/dtype';
import { isAbort } from '../core/errors';
import { volumeOf, type Zyx } from '../core/vec';
import { percentiles } from './contrast';
import { openVolume } from './open-volume';
import { type ArraySpec, type Files, putArray, putJson } from './testing/array-files';
import { dataPath, hasData } from './testing/data';
import { type Fault, type FileServer, serveFiles } from './testing/file-server';
import { type ImageSpec, putGroup, putImage } from './testing/multiscale-files';
import { openWithZarrita, readWithZarrita } from './testing/oracle';

const servers: FileServer[] = [];
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
});
async function serve(source: Files | string, fault?: (key: string) => Fault | undefined) {
  const server = await serveFiles(source, fault);
  servers.push(server);
  return server;
}

const level = (shape: Zyx, dtype: Dtype = 'uint8'): Omit<ArraySpec, 'version'> => ({
  dtype,
  shape,
  chunks: [8, 16, 16],
  compression: 'zstd',
  valueAt: (index) => (dtype === 'uint64' ? BigInt(index) : index % 251),
});

async function image(spec: Partial<ImageSpec> = {}): Promise<Files> {
  const files: Files = new Map();
  const levels = [level([20, 30, 41]), level([10, 15, 21])];
  await putImage(files, '', { ome: '0.5', levels, ...spec });
  return files;
}

describe.runIf(hasData('fib25'))('real EM (fib25)', () => {
  const folder = dataPath('fib25');

  it('opens with its geometry, contrast and labels', async () => {
    const { url } = await serve(folder);
    const { info } = await openVolume(`${url}/em.zarr/`);
    expect(info).toMatchObject({
      name: 'fib25 training_sample2',
      shapeZyx: [250, 250, 250],
      voxelSizeNm: [10, 10, 10],
      originNm: [0, 0, 0],
      dtype: 'uint8',
      labels: ['groundtruth', 'google_ffn', 'supervoxels'],
      contrast: [40, 220],
    });
    expect(info.levels).toMatchObject([
      {
        path: '0',
        shapeZyx: [250, 250, 250],
        chunkZyx: [64, 64, 64],
        scaleZyx: [1, 1, 1],
        offsetZyx: [0, 0, 0],
      },
      { path: '1', shapeZyx: [125, 125, 125], scaleZyx: [2, 2, 2], offsetZyx: [0, 0, 0] },
      { path: '2', scaleZyx: [4, 4, 4], offsetZyx: [0, 0, 0] },
    ]);
  });

  it('has the voxels that zarrita reads from the disk, image and labels', async () => {
    const { url } = await serve(folder);
    const volume = await openVolume(`${url}/em.zarr`);
    const labels = await volume.openLabels('groundtruth');
    expect(labels.dtype).toBe('uint64');
    const box = { originZyx: [50, 120, 201], shapeZyx: [40, 30, 49] } as const;
    const pairs = [
      { reader: volume.levels[0], path: '/em.zarr/0' },
      { reader: labels.levels[0], path: '/em.zarr/labels/groundtruth/0' },
    ];
    for (const { reader, path } of pairs) {
      const data = await reader?.readBox(box);
      const expected = await readWithZarrita(await openWithZarrita(folder, path), box);
      expect(new Set(expected).size).toBeGreaterThan(3);
      expect(Array.from<number | bigint>(data ?? [])).toEqual(expected);
    }
    expect(volume.statistics.fetchedBytes).toBeGreaterThan(1000);
    expect(volume.statistics.decodedBytes).toBe(4 * 64 ** 3 * 9);
    // Labels, which are small as stored, are kept so too.
    const { cachedBytes, decodedBytes } = volume.statistics;
    expect(cachedBytes).toBeGreaterThan(decodedBytes);
    expect(cachedBytes).toBeLessThan(1.1 * decodedBytes);
    expect(volume.statistics.missingChunks).toBe(0);
  });
});

describe('multiscales', () => {
  it.each(['0.4', '0.5'] as const)('opens OME-Zarr %s', async (ome) => {
    const { url } = await serve(await image({ ome, translation: [16, 8, 4] }));
    const { info, levels } = await openVolume(`${url}/?token=x`);
    expect(info).toMatchObject({
      url: `${url}/?token=x`,
      shapeZyx: [20, 30, 41],
      voxelSizeNm: [8, 4, 4],
      originNm: [16, 8, 4],
      labels: [],
      contrast: [0, 255],
      levels: [
        { path: 's0', chunkZyx: [8, 16, 16], scaleZyx: [1, 1, 1], offsetZyx: [0, 0, 0] },
        { path: 's1', shapeZyx: [10, 15, 21], scaleZyx: [2, 2, 2], offsetZyx: [0, 0, 0] },
      ],
    });
    const box = { originZyx: [3, 4, 5], shapeZyx: [1, 1, 3] } as const;
    const at = (3 * 15 + 4) * 21 + 5;
    expect(await levels[1]?.readBox(box)).toEqual(
      Uint8Array.of(at % 251, (at + 1) % 251, (at + 2) % 251),
    );
  });

  it('keeps the query on every address', async () => {
    const server = await serve(await image());
    const volume = await openVolume(`${server.url}?token=a%2Fb`);
    await volume.levels[0]?.readBrick([0, 0, 0]);
    expect(server.requests.length).toBeGreaterThan(4);
    expect(server.requests.filter((path) => !path.endsWith('?token=a%2Fb'))).toEqual([]);
  });

  it('opens 5-D arrays whose other axes have one voxel, in any order of axes', async () => {
    const axes = [
      { name: 't', type: 'time' },
      { name: 'x', type: 'space', unit: 'micrometer' },
      { name: 'y', type: 'space', unit: 'micrometer' },
      { name: 'c', type: 'channel' },
      { name: 'z', type: 'space', unit: 'micrometer' },
    ];
    const array = { ...level([0, 0, 0]), shape: [1, 7, 6, 1, 5], chunks: [2, 3, 4, 3, 2] };
    const files = await image({ axes, levels: [array], scale: [1, 0.5, 1, 1, 2] });
    const volume = await openVolume((await serve(files)).url);
    expect(volume.info).toMatchObject({ shapeZyx: [5, 6, 7], voxelSizeNm: [2000, 1000, 500] });
    expect(volume.info.levels[0]?.chunkZyx).toEqual([2, 4, 3]);
    const data = await volume.levels[0]?.readBox({ originZyx: [0, 0, 0], shapeZyx: [5, 6, 7] });
    const expected = Uint8Array.from({ length: 210 }, (_, index) => {
      const [z, y, x] = [Math.floor(index / 42), Math.floor(index / 7) % 6, index % 7];
      return (x * 30 + y * 5 + z) % 251;
    });
    expect(data).toEqual(expected);
  });

  it('places labels of another resolution in voxels of the image’s finest level', async () => {
    const files = await image();
    putGroup(files, 'labels', '0.5', { labels: ['half'] });
    const levels = [level([10, 15, 21], 'uint32')];
    await putImage(files, 'labels/half', {
      ome: '0.5',
      levels,
      scale: [16, 8, 8],
      translation: [4, 2, 2],
    });
    const volume = await openVolume((await serve(files)).url);
    const layer = await volume.openLabels('half');
    expect(layer.levels[0]?.info).toMatchObject({ scaleZyx: [2, 2, 2], offsetZyx: [0, 0, 0] });
    await expect(volume.openLabels('other')).rejects.toMatchObject({
      code: 'UNKNOWN_LABEL_LAYER',
      fields: { layer: 'other', layers: ['half'] },
    });
  });
});

describe('contrast', () => {
  const array = (dtype: ImageDtype, valueAt: ArraySpec['valueAt']) =>
    ({ version: 3, dtype, shape: [10, 10, 10], chunks: [10, 10, 10], valueAt }) as const;
  it.each([
    ['uint16', (index: number) => index * 2, [20, 1978]],
    ['int16', (index: number) => index - 500, [-490, 489]],
    ['float32', (index: number) => (index % 2 ? index / 8 : Number.NaN), [1.375, 123.625]],
    ['float32', () => Number.NaN, [0, 1]],
    ['uint16', () => 5, [5, 6]],
  ] as const)('of %s comes from percentiles 1 and 99', async (dtype, valueAt, expected) => {
    const files: Files = new Map();
    await putArray(files, '', array(dtype, valueAt));
    const { info } = await openVolume((await serve(files)).url);
    expect(info.contrast).toEqual(expected);
  });

  it('takes the omero window first, and bears a broken chunk', async () => {
    const window = { start: -5.5, end: 9, min: 0, max: 1 };
    const files = await image({ more: { omero: { channels: [{ window }] } } });
    expect((await openVolume((await serve(files)).url)).info.contrast).toEqual([-5.5, 9]);
    const broken: Files = new Map();
    await putArray(
      broken,
      '',
      array('uint16', () => 1),
    );
    broken.set('/c/0/0/0', new Uint8Array(3));
    expect((await openVolume((await serve(broken)).url)).info.contrast).toEqual([0, 65535]);
  });

  it('samples large volumes evenly', () => {
    const voxels = new Uint16Array(3_000_000);
    for (let index = 0; index < voxels.length; index++) voxels[index] = index / 50;
    expect(percentiles(voxels)).toEqual([600, 59399]);
  });
});

describe('what cannot be opened', () => {
  const html = '<!DOCTYPE html><html><body>app</body></html>';
  const metadata = (key: string, value: unknown): Files => {
    const files: Files = new Map();
    putJson(files, key, value);
    return files;
  };
  const bare = async (more: Partial<ArraySpec>) => {
    const files: Files = new Map();
    const base = { version: 2, dtype: 'uint8', shape: [4, 4, 4], chunks: [4, 4, 4] } as const;
    await putArray(files, '', { ...base, valueAt: () => 0, ...more });
    return files;
  };
  const without = (files: Files, key: string) => {
    files.delete(key);
    return files;
  };
  const transform = [{ type: 'scale', scale: [1, 1, 1] }];
  const axes = (names: string) =>
    [...names].map((name) => ({ name, type: name === 'w' ? 'phase' : 'space' }));

  const cases: [
    string,
    () => Files | Promise<Files>,
    ((key: string) => Fault | undefined) | undefined,
    object,
  ][] = [
    ['a wrong address', () => new Map(), undefined, { code: 'NOT_ZARR' }],
    ['a single-page host', () => new Map(), () => ({ body: html }), { code: 'WEB_PAGE' }],
    [
      'a bucket that hides its keys',
      () => new Map(),
      () => ({ status: 403 }),
      { code: 'HTTP_STATUS', fields: { status: 403 } },
    ],
    [
      'a failing server',
      () => new Map(),
      () => ({ status: 500 }),
      { code: 'HTTP_STATUS', fields: { status: 500 } },
    ],
    [
      'a connection that breaks',
      () => image(),
      () => ({ broken: true }),
      { code: 'SOURCE_UNREACHABLE' },
    ],
    [
      'JSON that is none',
      () => new Map(),
      () => ({ body: '{"zarr_format": 3,' }),
      { code: 'BAD_METADATA' },
    ],
    [
      'JSON of something else',
      () => metadata('/zarr.json', { hello: 1 }),
      undefined,
      { code: 'BAD_METADATA' },
    ],
    ['JSON null', () => metadata('/zarr.json', null), undefined, { code: 'BAD_METADATA' }],
    [
      '.zarray of something else',
      () => metadata('/.zarray', [1, 2]),
      undefined,
      { code: 'BAD_METADATA' },
    ],
    [
      'a group without images',
      () => metadata('/.zgroup', { zarr_format: 2 }),
      undefined,
      { code: 'BAD_METADATA', message: expect.stringMatching(/without an OME-Zarr multiscale/) },
    ],
    [
      'a missing level',
      async () => without(await image(), '/s1/zarr.json'),
      undefined,
      { code: 'BAD_METADATA', message: expect.stringMatching(/s1\/? cannot.*missing/) },
    ],
    [
      'levels of two dtypes',
      () => image({ levels: [level([8, 8, 8]), level([4, 4, 4], 'uint16')] }),
      undefined,
      { code: 'BAD_METADATA', message: expect.stringMatching(/uint16/) },
    ],
    [
      'an array of another rank',
      () => image({ levels: [{ ...level([0, 0, 0]), shape: [1, 4, 4, 4], chunks: [1, 4, 4, 4] }] }),
      undefined,
      { code: 'BAD_METADATA', message: expect.stringMatching(/4 axes/) },
    ],
    [
      'a line',
      () => bare({ shape: [9], chunks: [4] }),
      undefined,
      { code: 'UNSUPPORTED_SHAPE', fields: { shape: [9] } },
    ],
    [
      'an axis of another kind',
      () =>
        image({
          axes: axes('wzyx'),
          scale: [1, 1, 1, 1],
          levels: [{ ...level([0, 0, 0]), shape: [2, 4, 4, 4], chunks: [1, 4, 4, 4] }],
        }),
      undefined,
      { code: 'UNSUPPORTED_SHAPE', fields: { shape: [2, 4, 4, 4] } },
    ],
    [
      'channels',
      () => bare({ shape: [3, 4, 4, 4], chunks: [1, 4, 4, 4] }),
      undefined,
      { code: 'UNSUPPORTED_SHAPE' },
    ],
    [
      'a path upwards',
      () =>
        image({
          multiscale: { datasets: [{ path: '../x', coordinateTransformations: transform }] },
        }),
      undefined,
      { code: 'BAD_METADATA' },
    ],
  ];
  it.each(cases)('%s', async (_, files, fault, expected) => {
    const { url } = await serve(await files(), fault);
    await expect(openVolume(url)).rejects.toMatchObject(expected);
  });

  it('a server that is not there, another site’s refusal, another protocol', async () => {
    const server = await serveFiles(new Map());
    await server.close();
    await expect(openVolume(server.url)).rejects.toMatchObject({ code: 'SOURCE_UNREACHABLE' });
    const fetch = () => Promise.reject(new TypeError('Failed to fetch'));
    await expect(openVolume('https://host/a.zarr', { fetch })).rejects.toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      fields: { url: 'https://host/a.zarr/zarr.json' },
    });
    await expect(openVolume('sample.zarr')).rejects.toMatchObject({ code: 'BAD_PARAMETERS' });
  });

  it('stops when it is aborted', async () => {
    const server = await serve(await image(), (key) =>
      key.startsWith('/s1') ? { hang: true } : undefined,
    );
    const controller = new AbortController();
    const opening = openVolume(server.url, { signal: controller.signal });
    await expect.poll(() => server.requests).toContain('/s1/zarr.json');
    controller.abort();
    await expect(opening).rejects.toSatisfy(isAbort);
    await expect.poll(() => server.cancelled).toContain('/s1/zarr.json');
  });

  it.each([
    ['of both versions', /^\/zarr\.json$/, ['/zarr.json', '/.zarray', '/.zattrs']],
    [
      'of all levels, and the list of labels',
      /^\/s\d/,
      ['/s0', '/s1', '/labels'].map((folder) => `${folder}/zarr.json`),
    ],
  ])('asks at once for the metadata %s', async (_, hanging, wanted) => {
    const { url, requests } = await serve(await image(), (key) =>
      hanging.test(key) ? { hang: true } : undefined,
    );
    const controller = new AbortController();
    const opening = openVolume(url, { signal: controller.signal });
    const refused = expect(opening).rejects.toSatisfy(isAbort);
    await expect.poll(() => requests).toEqual(expect.arrayContaining(wanted));
    controller.abort();
    await refused;
  });

  it('heeds no file of version 2 beside one of version 3, whatever is wrong with it', async () => {
    const { url } = await serve(await image(), (key) =>
      key.startsWith('/.z') ? { status: 500 } : undefined,
    );
    expect(volumeOf((await openVolume(url)).info.shapeZyx)).toBe(20 * 30 * 41);
  });

  it('tells of labels that cannot be listed before it tells of a level that is missing', async () => {
    const files = without(await image(), '/s1/zarr.json');
    files.set('/labels/zarr.json', new TextEncoder().encode('{'));
    const { url } = await serve(files);
    await expect(openVolume(url)).rejects.toMatchObject({
      code: 'BAD_METADATA',
      message: expect.stringMatching(/labels\/zarr\.json.*no valid JSON/),
    });
  });

  it('opens where a bucket answers 403 for what is absent', async () => {
    const files = await image({ ome: '0.4' });
    const { url } = await serve(files, (key) => (files.has(key) ? undefined : { status: 403 }));
    const { info } = await openVolume(url);
    expect([volumeOf(info.shapeZyx), info.labels]).toEqual([20 * 30 * 41, []]);
  });
});
