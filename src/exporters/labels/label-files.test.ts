import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testCoder } from '../../codecs/testing/coder';
import { volumeOf, type Zyx } from '../../core/vec';
import { openVolume } from '../../volume/open-volume';
import { putGroup, putImage } from '../../volume/testing/multiscale-files';
import { openWithZarrita, readWithZarrita } from '../../volume/testing/oracle';
import { paintBoxes, sourceOf, type TestLabels } from '../testing/random-labels';
import { readShards } from '../testing/shard-checker';
import { labelFiles, type WriteSurroundings } from './label-files';
import { checkLayout, type LabelLayoutOptions } from './layout';
import { labelLevels } from './levels';
import { halveReference } from './reference';

const grid = { voxelSizeNm: [16, 8, 8] as Zyx, originNm: [100, 0, 4] as Zyx };
const properties = [{ id: 7, colour: [255, 0, 10, 255] as const, voxels: 12 }];

interface Wanted {
  readonly layout?: LabelLayoutOptions;
  readonly prefix?: string;
  readonly voxelSizeNm?: Zyx;
  readonly around?: Partial<WriteSurroundings>;
}

const write = (labels: TestLabels, source = sourceOf(labels), wanted: Wanted = {}) =>
  labelFiles(
    {
      ...grid,
      ...(wanted.voxelSizeNm ? { voxelSizeNm: wanted.voxelSizeNm } : {}),
      name: 'neurons',
      shapeZyx: labels.shapeZyx,
      source,
      properties,
    },
    checkLayout(wanted.layout ?? {}),
    wanted.prefix ?? '',
    { encode: testCoder.encode, ...wanted.around },
  );

async function filesOf(labels: TestLabels, wanted: Wanted = {}) {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for await (const { path, bytes } of write(labels, sourceOf(labels), wanted)) {
    expect(files.has(path), path).toBe(false);
    files.set(path, bytes);
  }
  return files;
}

const asStore = (files: ReadonlyMap<string, Uint8Array>) =>
  new Map([...files].map(([path, bytes]) => [`/${path}`, bytes]));

const json = (files: ReadonlyMap<string, Uint8Array>, path: string) =>
  JSON.parse(new TextDecoder().decode(files.get(path)));

const box = (originZyx: Zyx, shapeZyx: Zyx, id: number, isSpeckled = false) => ({
  originZyx,
  shapeZyx,
  id,
  isSpeckled,
});

/** Ids above 2^31 over brick seams, an empty octant. */
const odd = paintBoxes(
  [70, 129, 65],
  [
    box([0, 0, 0], [70, 60, 65], 4_000_000_000, true),
    box([60, 50, 60], [9, 30, 5], 7),
    box([69, 128, 64], [1, 1, 1], 3),
  ],
);

const first = <T>(values: ArrayLike<T>, isWrong: (value: T, at: number) => boolean): number => {
  for (let at = 0; at < values.length; at++) if (isWrong(values[at] as T, at)) return at;
  return -1;
};

/** Checks all levels against the plain twin; `read` gives one level's voxels. */
async function expectLevels(
  labels: TestLabels,
  layout: LabelLayoutOptions,
  voxelSizeNm: Zyx,
  read: (level: number, shapeZyx: Zyx) => Promise<ArrayLike<number | bigint>>,
): Promise<void> {
  const volume = { ...grid, voxelSizeNm, shapeZyx: labels.shapeZyx };
  let { ids, shapeZyx } = labels as { ids: Uint32Array; shapeZyx: Zyx };
  for (const [level, expected] of labelLevels(volume, checkLayout(layout)).entries()) {
    if (level > 0) ({ ids, shapeZyx } = halveReference(ids, shapeZyx, expected.stepZyx));
    expect(shapeZyx).toEqual(expected.shapeZyx);
    const found = await read(level, shapeZyx);
    expect(found.length).toBe(volumeOf(shapeZyx));
    expect(
      first(found, (id, at) => Number(id) !== ids[at]),
      `level ${level}`,
    ).toBe(-1);
  }
}

const whole = (shapeZyx: Zyx) => ({ originZyx: [0, 0, 0] as Zyx, shapeZyx });

describe('labelFiles', () => {
  it('puts metadata first, with colours, properties and transforms', async () => {
    const files = await filesOf(odd);
    expect([...files.keys()].slice(0, 4)).toEqual([
      'zarr.json',
      '0/zarr.json',
      '1/zarr.json',
      '2/zarr.json',
    ]);
    const { ome } = json(files, 'zarr.json').attributes;
    expect(ome.version).toBe('0.5');
    expect(ome['image-label']).toEqual({
      colors: [{ 'label-value': 7, rgba: [255, 0, 10, 255] }],
      properties: [{ 'label-value': 7, voxels: 12 }],
    });
    const transforms = ome.multiscales[0].datasets.map(
      ({
        coordinateTransformations: [scale, translation],
      }: {
        coordinateTransformations: [{ scale: Zyx }, { translation: Zyx }];
      }) => [scale.scale, translation.translation],
    );
    // y and x are halved first, until voxels are cubes; a coarse voxel's centre is that of its part of the volume.
    expect(transforms).toEqual([
      [
        [16, 8, 8],
        [100, 0, 4],
      ],
      [
        [16, 16, 16],
        [100, 4, 8],
      ],
      [
        [32, 32, 32],
        [108, 12, 16],
      ],
    ]);
    expect(json(files, '0/zarr.json').codecs[0].name).toBe('sharding_indexed');
  });

  it('is read by our own reader as a label layer, with both codecs', async () => {
    for (const layout of [{}, { codec: 'blosc', dtype: 'uint64', chunkZyx: 32 }] as const) {
      const files = asStore(await filesOf(odd, { layout, prefix: 'floodlight-1' }));
      const level = { dtype: 'uint8', shape: odd.shapeZyx, chunks: [64, 64, 64] } as const;
      await putImage(files, '', { ome: '0.5', levels: [{ ...level, valueAt: () => 1 }] });
      putGroup(files, 'labels', '0.5', { labels: ['mine'] });
      for (const [key, bytes] of asStore(await filesOf(odd, { layout, prefix: 'floodlight-1' })))
        files.set(`/labels/mine${key}`, bytes);
      const volume = await openVolume(
        new Map([...files].map(([key, bytes]) => [key.slice(1), new Blob([bytes as never])])),
      );
      const layer = await volume.openLabels('mine');
      await expectLevels(odd, layout, grid.voxelSizeNm, async (at, shapeZyx) => {
        const reader = layer.levels[at];
        if (!reader) throw new Error(`no level ${at}`);
        return reader.readBox(whole(shapeZyx));
      });
    }
  });

  it('is read by zarrita', async () => {
    const files = asStore(await filesOf(odd, { layout: { codec: 'blosc', shuffle: 'byte' } }));
    await expectLevels(odd, {}, grid.voxelSizeNm, async (level, shapeZyx) => {
      const array = await openWithZarrita(files, `/${level}`);
      return readWithZarrita(array, whole(shapeZyx));
    });
  });

  it('equals a plain down-sampling, however bricks, chunks and shards lie', async () => {
    const edge = fc.constantFrom(16, 32, 64, 128);
    const triple = <T>(one: fc.Arbitrary<T>) => fc.tuple(one, one, one);
    const volumes = triple(fc.integer({ min: 1, max: 150 })).chain((shapeZyx) => {
      const corner = fc.tuple(
        ...(shapeZyx.map((size) => fc.nat(size - 1)) as [
          fc.Arbitrary<number>,
          fc.Arbitrary<number>,
          fc.Arbitrary<number>,
        ]),
      );
      const boxes = fc.record({
        originZyx: corner,
        shapeZyx: triple(fc.integer({ min: 1, max: 70 })),
        id: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
        isSpeckled: fc.boolean(),
      });
      return fc
        .array(boxes, { minLength: 0, maxLength: 6 })
        .map((all) => paintBoxes(shapeZyx, all));
    });
    const layouts = fc.record({
      codec: fc.constantFrom('zstd', 'blosc'),
      shuffle: fc.constantFrom('none', 'byte', 'bit'),
      level: fc.constantFrom(1, 5),
      dtype: fc.constantFrom('uint32', 'uint64'),
      chunkZyx: triple(edge),
      times: triple(fc.constantFrom(1, 2, 4)),
    } as const);
    const sizes = fc.constantFrom<Zyx[]>([8, 8, 8], [40, 4, 4], [4, 4, 9], [1, 30, 5]);
    await fc.assert(
      fc.asyncProperty(volumes, layouts, sizes, async (labels, made, voxelSizeNm) => {
        const { times, ...others } = made;
        const shardZyx = made.chunkZyx.map((size, axis) => size * (times[axis] ?? 1));
        const layout = { ...others, shardZyx: shardZyx as unknown as Zyx };
        const files = await filesOf(labels, { layout, voxelSizeNm });
        await expectLevels(labels, layout, voxelSizeNm, (level) => readShards(files, `${level}`));
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  it('writes neither empty chunks nor empty shards, and no labels at all where there are none', async () => {
    const nothing = await filesOf(paintBoxes([100, 100, 100], []));
    expect([...nothing.keys()].every((path) => path.endsWith('zarr.json'))).toBe(true);
    const corner = paintBoxes([200, 200, 200], [box([192, 192, 192], [8, 8, 8], 9)]);
    const files = await filesOf(corner, { layout: { chunkZyx: 16, shardZyx: 32 } });
    const shards = [...files.keys()].filter((path) => path.includes('/c/'));
    expect(shards).toEqual(['0/c/6/6/6', '1/c/6/3/3', '2/c/3/1/1', '3/c/1/0/0']);
  });
});

describe('labelFiles streams', () => {
  /** Two shards of 128³, labels everywhere: eight bricks in the first, four in the second. */
  const full = paintBoxes([128, 128, 190], [box([0, 0, 0], [128, 128, 190], 5, false)]);
  const layout = { chunkZyx: 32, shardZyx: 128 } as const;

  it('gives a shard away before it asks for bricks of the next', async () => {
    const source = sourceOf(full);
    const askedBefore: number[] = [];
    for await (const { path } of write(full, source, { layout }))
      if (path.startsWith('0/c/')) askedBefore.push(source.asked.length);
    expect(askedBefore).toEqual([8, 12]);
  });

  it('has a few chunks encoded at once, and never more', async () => {
    let [now, most] = [0, 0];
    const encode: WriteSurroundings['encode'] = async (job, signal) => {
      now++;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 1));
      now--;
      return testCoder.encode(job, signal);
    };
    for await (const _ of write(full, sourceOf(full), { layout, around: { encode } }));
    expect(most).toBeGreaterThan(4);
    expect(most).toBeLessThanOrEqual(17);
  });

  it('tells how far it is', async () => {
    const told: number[] = [];
    const onBrick = (done: number, total: number) => void told.push(done / total);
    for await (const _ of write(full, sourceOf(full), { layout, around: { onBrick } }));
    expect(told).toHaveLength(12);
    expect(told.at(-1)).toBe(1);
  });

  it('ends with what the bricks, the codecs or the signal throw', async () => {
    const drain = async (source = sourceOf(full), around: Partial<WriteSurroundings> = {}) => {
      for await (const _ of write(full, source, { layout, around }));
    };
    const lost = new Error('device lost');
    const brick = () => Promise.reject(lost);
    await expect(drain({ ...sourceOf(full), brick })).rejects.toBe(lost);
    const small = () => new Uint32Array(5);
    await expect(drain({ ...sourceOf(full), brick: small })).rejects.toMatchObject({
      code: 'BAD_PARAMETERS',
    });
    const encode = () => Promise.reject(lost);
    await expect(drain(sourceOf(full), { encode })).rejects.toBe(lost);
    const abort = new AbortController();
    const onBrick = (done: number) => void (done === 6 && abort.abort());
    await expect(drain(sourceOf(full), { signal: abort.signal, onBrick })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });

  it('takes bricks outside the volume for a mistake', async () => {
    const source = { ...sourceOf(full), keys: () => [4] };
    await expect(
      write(full, source, { layout })
        .next()
        .then(async () => {
          for await (const _ of write(full, source, { layout }));
        }),
    ).rejects.toMatchObject({ code: 'BAD_PARAMETERS' });
  });
});

describe('checkLayout', () => {
  it.each([
    { chunkZyx: 48 },
    { chunkZyx: 8 },
    { chunkZyx: 64, shardZyx: 32 },
    { chunkZyx: 64, shardZyx: [512, 512, 96] as Zyx },
    { chunkZyx: 16, shardZyx: 4096 },
    { shardZyx: Number.NaN },
    { level: 0 },
    { level: 10, codec: 'blosc' },
    { codec: 'lzma' as never },
    { dtype: 'uint16' as never },
    { shuffle: 'both' as never },
  ] satisfies LabelLayoutOptions[])('refuses %j', (options) => {
    expect(() => checkLayout(options as LabelLayoutOptions)).toThrow(
      expect.objectContaining({ code: 'BAD_PARAMETERS' }),
    );
  });
});
