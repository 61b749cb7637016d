import { beforeEach, describe, expect, it } from 'vitest';
import { testCoder } from '../codecs/testing/coder';
import { BitsVault } from '../core/bits-vault';
import { brickKey } from '../core/brick';
import { BRICK_WORDS } from '../core/brick-bits';
import { segmentColour } from '../core/colour';
import { abortError } from '../core/errors';
import { MemoryDisk } from '../core/testing/memory-disk';
import type { Zyx } from '../core/vec';
import { FolderDisk } from '../exporters/testing/memory-folder';
import { readShards } from '../exporters/testing/shard-checker';
import { openVolume } from '../volume/open-volume';
import { volumeInfo } from '../volume/testing/volume-info';
import { LabelStore } from './label-store';
import type { SaveLabelsOptions, SaveProgress, SegmentInfo } from './protocol';
import { listSaved, removeSaved, saveLabels } from './saving';

const shapeZyx: Zyx = [64, 64, 192];
const volume = volumeInfo({ url: 'test', name: 'a volume.zarr', shapeZyx });

/** Segment 1 is all of two bricks. */
const whole = () => labels.vault.pack(new Uint32Array(BRICK_WORDS).fill(0xffffffff));
const bricks: readonly Zyx[] = [
  [0, 0, 0],
  [0, 0, 1],
];
let disk: FolderDisk;
let labels: LabelStore;
beforeEach(() => {
  disk = new FolderDisk();
  labels = new LabelStore();
  labels.commit(1, new Map(bricks.map((brick) => [brickKey(brick), whole()])));
});

const segments = [{ id: 1, voxels: 2 * 64 ** 3 } as SegmentInfo];

function save(
  options: SaveLabelsOptions,
  {
    onProgress = (_: SaveProgress) => {},
    signal = new AbortController().signal,
    encode = testCoder.encode,
  } = {},
  on: object = volume,
) {
  return saveLabels(on as never, { labels, segments }, options, {
    encode,
    savedFolder: async () => disk.root,
    signal,
    onProgress,
  });
}

const filesBelow = (folder: string) =>
  new Map(
    [...disk.files]
      .filter(([path]) => path.startsWith(`${folder}/`))
      .map(([path, bytes]) => [path.slice(folder.length + 1), bytes]),
  );

const count = (ids: Float64Array, id: number) => ids.filter((other) => other === id).length;

describe('saveLabels', () => {
  it('saves what is labelled when it is called, whatever changes meanwhile', async () => {
    // The first chunk is encoded before the second brick is read.
    const encode: typeof testCoder.encode = (job) => {
      labels.commit(2, new Map([[brickKey([0, 0, 1]), whole()]]));
      labels.remove(1);
      return testCoder.encode(job);
    };
    const saved = await save({ destination: disk.root, name: 'mine' }, { encode });
    expect(saved).toMatchObject({ name: 'mine.zarr' });
    const ids = await readShards(filesBelow('mine.zarr'), 'floodlight-1/0');
    expect([count(ids, 1), count(ids, 2)]).toEqual([2 * 64 ** 3, 0]);
    const root = JSON.parse(new TextDecoder().decode(disk.files.get('mine.zarr/zarr.json')));
    expect(root.attributes.ome['image-label']).toEqual({
      colors: [{ 'label-value': 1, rgba: [...segmentColour(1), 255] }],
      properties: [{ 'label-value': 1, voxels: 2 * 64 ** 3 }],
    });
  });

  it('keeps the bits it still has to save when others take their room on the disk', async () => {
    const file = new MemoryDisk().open('bits');
    labels = new LabelStore(new BitsVault(0, file, undefined, 0));
    const noise = (seed: number) =>
      labels.vault.pack(
        new Uint32Array(BRICK_WORDS).map((_, at) => Math.imul(at + seed, 2654435761)),
      );
    const was = noise(1);
    const segment = new Map([
      [brickKey([0, 0, 0]), noise(2)],
      [brickKey([0, 0, 1]), was],
    ]);
    labels.commit(1, segment);
    labels.vault.trim(labels.held());
    let isFirst = true;
    const encode: typeof testCoder.encode = (job) => {
      if (isFirst) {
        labels.remove(1);
        labels.commit(2, new Map([[brickKey([0, 0, 1]), noise(3)]]));
        labels.vault.trim(labels.held());
      }
      isFirst = false;
      return testCoder.encode(job);
    };
    await save({ destination: disk.root, name: 'mine' }, { encode });
    const ids = await readShards(filesBelow('mine.zarr'), 'floodlight-1/0');
    expect(count(ids, 1)).toBe([...segment.values()].reduce((sum, { voxels }) => sum + voxels, 0));
    // Nothing is kept for it any more.
    expect([...labels.held()]).toHaveLength(1);
  });

  it('lets a cancel in although nothing ever has to be waited for', async () => {
    const many = Array.from({ length: 40 }, (_, at) => [brickKey([0, 0, at]), whole()] as const);
    labels.commit(1, new Map(many));
    const abort = new AbortController();
    let encoded = 0;
    const encode = async () => {
      if (encoded++ === 0) setTimeout(() => abort.abort(abortError()));
      return new Uint8Array(1);
    };
    const long = { ...volume, shapeZyx: [64, 64, 64 * 40] as Zyx };
    const saving = save({ destination: disk.root }, { encode, signal: abort.signal }, long);
    await expect(saving).rejects.toMatchObject({ name: 'AbortError' });
    expect(encoded).toBeLessThan(40);
  });

  it('gives a zip that opens as a volume, named after the one it was made on', async () => {
    const zip = await save({});
    if (!(zip instanceof Blob)) throw new Error('no zip');
    const { info, levels } = await openVolume(new File([zip], 'saved.zip'));
    expect(info).toMatchObject({ name: 'a-volume-labels', dtype: 'uint32', shapeZyx });
    const box = { originZyx: [63, 63, 126], shapeZyx: [1, 1, 4] } as const;
    expect(await levels[0]?.readBox(box)).toEqual(Uint32Array.of(1, 1, 0, 0));
  });

  it('tells how far it is, at last of all', async () => {
    const told: SaveProgress[] = [];
    await save({ destination: disk.root }, { onProgress: (progress) => told.push(progress) });
    const bytes = [...disk.files].map(([, { length }]) => length).reduce((a, b) => a + b);
    expect(told.at(-1)).toMatchObject({ bricks: 2, bricksTotal: 2, bytesWritten: bytes });
  });

  it('keeps the earlier save when it is cancelled or has no room', async () => {
    await save({ destination: 'browser' });
    const before = new Map(disk.files);
    const abort = new AbortController();
    disk.fault = (action) => void (action === 'write' && abort.abort(abortError()));
    await expect(save({ destination: 'browser' }, { signal: abort.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    disk.fault = () => undefined;
    disk.quotaBytes = disk.usedBytes + 2000;
    await expect(save({ destination: 'browser' })).rejects.toMatchObject({
      code: 'QUOTA_EXCEEDED',
    });
    expect(disk.files).toEqual(before);
  });

  it.each([
    { name: '../up' },
    { name: '' },
    { name: '.hidden' },
    { name: 'a\u0000b' },
    { chunkZyx: 100 },
  ])('refuses %j', async (options) => {
    await expect(save(options)).rejects.toMatchObject({ code: 'BAD_PARAMETERS' });
  });

  it('lists what the browser keeps, and removes it', async () => {
    await save({ destination: 'browser', name: 'one' });
    await save({ destination: 'browser', name: 'two' });
    const names = async () => (await listSaved(disk.root)).map(({ name }) => name);
    expect(await names()).toEqual(['one.zarr', 'two.zarr']);
    await removeSaved(disk.root, 'one.zarr');
    expect(await names()).toEqual(['two.zarr']);
    await expect(removeSaved(disk.root, 'one.zarr')).rejects.toMatchObject({
      code: 'BAD_PARAMETERS',
    });
  });
});
