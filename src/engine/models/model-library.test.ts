import { beforeEach, describe, expect, it } from 'vitest';
import { FolderDisk } from '../../exporters/testing/memory-folder';
import { readModel } from '../../models/read-model';
import { writeBundle } from '../../models/testing-bundle';
import { randomNetwork, tensorsOf } from '../../models/testing-network';
import { ModelLibrary } from './model-library';

const filesOf = (seed: number) => writeBundle('net', tensorsOf(randomNetwork(2, 3, seed)));
const nameOf = (id: string) => `${id}.safetensors`;

describe('the library of models', () => {
  let disk = new FolderDisk();
  let library = new ModelLibrary(async () => disk.root);
  /** As after a reload. */
  const reopened = () => new ModelLibrary(async () => disk.root);
  beforeEach(() => {
    disk = new FolderDisk();
    library = reopened();
  });

  it('keeps several, over reloads, and lists them by name', async () => {
    const b = await library.import(filesOf(1), { name: 'b', licence: 'MIT' });
    const a = await library.import(filesOf(2), { name: 'a', deltasZyx: [4, 8, 8] });
    const list = await reopened().list();
    expect(list).toEqual({ models: [a, b], damaged: [], isKept: true });
    expect(b).toMatchObject({ name: 'b', licence: 'MIT', depth: 2, features: 3, isAssumed: true });
    expect(b.sizeBytes).toBe(disk.files.get(nameOf(b.id))?.length);
    expect(await reopened().load(a.id)).toEqual(
      await readModel(filesOf(2), { name: 'a', deltasZyx: [4, 8, 8] }),
    );
  });

  it('keeps the same weights once', async () => {
    const first = await library.import(filesOf(1), { name: 'first' });
    const second = await library.import(filesOf(1), { name: 'second' });
    expect(second.id).toBe(first.id);
    expect((await library.list()).models).toEqual([second]);
  });

  it('keeps what the user said of a model when that is imported again, and takes all else from its files', async () => {
    const { id, sizeBytes, ...asRead } = await library.import(filesOf(1), {});
    const changes = { name: 'mine', licence: 'MIT', deltasZyx: [4, 8, 8] } as const;
    await library.update(id, changes);
    const again = await reopened().import(filesOf(1), {});
    expect(again).toMatchObject({ ...changes, source: asRead.source });
    expect(again).not.toHaveProperty('isAssumed');
    expect(again.edited).toEqual(['deltasZyx', 'licence', 'name']);
    // What is said now goes first; also of a file that was saved elsewhere.
    const elsewhere = new ModelLibrary(async () => undefined);
    await elsewhere.import(filesOf(1), { name: 'theirs', source: 'a paper', licence: 'theirs' });
    const bytes = new Uint8Array(await (await elsewhere.export(id)).arrayBuffer());
    const file = { name: 'saved.safetensors', bytes };
    expect(await library.import([file], { licence: 'BSD' })).toMatchObject({
      ...{ name: 'mine', source: 'a paper', licence: 'BSD', deltasZyx: [4, 8, 8] },
    });
    await expect(library.import(filesOf(1), { fieldOfViewZyx: [5, 5, 5] })).rejects.toMatchObject({
      code: 'BAD_PARAMETERS',
    });
    expect(await library.load(id)).toMatchObject({ fieldOfViewZyx: [33, 33, 33], licence: 'BSD' });
    // Removed, nothing of it stays.
    await library.remove(id);
    expect(await library.import(filesOf(1), {})).toEqual({ id, sizeBytes, ...asRead });
  });

  it('changes what is said of a model, changes at the same time too', async () => {
    const { id, isAssumed } = await library.import(filesOf(1), {});
    expect(isAssumed).toBe(true);
    await Promise.all([
      library.update(id, { name: 'renamed' }),
      library.update(id, { fieldOfViewZyx: [17, 33, 33], deltasZyx: [4, 8, 8] }),
      library.update(id, { voxelSizeNm: [30, 8, 8] }),
    ]);
    const [model] = (await reopened().list()).models;
    expect(model).toMatchObject({
      name: 'renamed',
      fieldOfViewZyx: [17, 33, 33],
      voxelSizeNm: [30, 8, 8],
    });
    expect(model).not.toHaveProperty('isAssumed');
  });

  it.each([
    [{ name: ' ' }],
    [{ deltasZyx: [17, 8, 8] }],
    [{ deltasZyx: [8, 8, 0.5] }],
    [{ fieldOfViewZyx: [32, 33, 33] }],
    [{ fieldOfViewZyx: [1001, 33, 33] }],
    [{ normalization: { mean: 0, deviation: 0 } }],
    [{ moveThreshold: Number.NaN }],
    [{ voxelSizeNm: [0, 1, 1] }],
    [{ layers: [] }],
  ])('refuses to say %o of one', async (changes) => {
    const before = await library.import(filesOf(1), {});
    await expect(library.update(before.id, changes as object)).rejects.toMatchObject({
      code: 'BAD_PARAMETERS',
    });
    await expect(library.import(filesOf(2), changes as object)).rejects.toMatchObject({
      code: 'BAD_PARAMETERS',
    });
    expect((await library.list()).models).toEqual([before]);
  });

  it('gives files that can be imported again', async () => {
    const details = { name: 'x', source: 'y', voxelSizeNm: [30, 8, 8] } as const;
    const { id } = await library.import(filesOf(1), details);
    const file = await library.export(id);
    const kept = await library.load(id);
    await library.remove(id);
    expect((await library.list()).models).toEqual([]);
    const bytes = new Uint8Array(await file.arrayBuffer());
    await library.import([{ name: 'from.safetensors', bytes }], {});
    expect(await library.load(id)).toEqual(kept);
  });

  it.each(['0123456789abcdef', '../labels', ''])(
    'says so where there is none of id “%s”',
    async (id) => {
      disk.files.set('../labels.safetensors', new Uint8Array(9));
      for (const call of [
        library.load(id),
        library.remove(id),
        library.update(id, {}),
        library.export(id),
      ])
        await expect(call).rejects.toMatchObject({ code: 'UNKNOWN_MODEL', fields: { id } });
    },
  );

  it('is as it was when the disk is full, and goes on afterwards', async () => {
    const kept = await library.import(filesOf(1), { name: 'kept' });
    disk.quotaBytes = disk.usedBytes + 100;
    await expect(library.import(filesOf(2), {})).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
    await expect(library.update(kept.id, { name: 'changed' })).rejects.toMatchObject({
      code: 'QUOTA_EXCEEDED',
    });
    expect(await library.list()).toMatchObject({ models: [kept], damaged: [] });
    expect([...disk.files.keys()]).toEqual([nameOf(kept.id)]);
    disk.quotaBytes = Number.POSITIVE_INFINITY;
    await library.import(filesOf(2), {});
    expect((await library.list()).models).toHaveLength(2);
  });

  it.each([
    ['write', 'NotAllowedError', 'PERMISSION_DENIED'],
    ['close', 'InvalidStateError', 'SAVE_FAILED'],
  ])('is as it was when a %s fails with %s', async (action, fault, code) => {
    disk.fault = (done) => (done === action ? fault : undefined);
    await expect(library.import(filesOf(1), {})).rejects.toMatchObject({ code });
    expect(disk.files.size).toBe(0);
  });

  it('lists what is damaged apart, and lets it be removed', async () => {
    const whole = await library.import(filesOf(1), { name: 'whole' });
    const cut = await library.import(filesOf(2), { name: 'cut' });
    const flipped = await library.import(filesOf(3), { name: 'flipped' });
    const spoil = (
      id: string,
      change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>,
    ) => disk.files.set(nameOf(id), change(Uint8Array.from(disk.files.get(nameOf(id)) ?? [])));
    spoil(cut.id, (bytes) => bytes.slice(0, 300));
    spoil(flipped.id, (bytes) => {
      bytes[bytes.length - 6] = (bytes.at(-6) ?? 0) ^ 1;
      return bytes;
    });
    disk.files.set('notes.txt', new Uint8Array(3));
    const list = await library.list();
    expect(list.models.map(({ name }) => name)).toEqual(['flipped', 'whole']);
    expect(list.damaged).toMatchObject([
      { id: cut.id, problem: expect.stringContaining('cannot be read') },
    ]);
    // Weights are looked at when they are wanted.
    for (const { id } of [cut, flipped]) {
      await expect(library.load(id)).rejects.toMatchObject({ code: 'BAD_MODEL' });
      await expect(library.export(id)).rejects.toMatchObject({ code: 'BAD_MODEL' });
      await library.remove(id);
    }
    expect(await library.list()).toEqual({ models: [whole], damaged: [], isKept: true });
  });

  it('lasts as long as the page where the browser keeps nothing', async () => {
    const unkept = new ModelLibrary(async () => undefined);
    const model = await unkept.import(filesOf(1), {});
    expect(await unkept.list()).toEqual({ models: [model], damaged: [], isKept: false });
    expect(await unkept.load(model.id)).toMatchObject({ depth: 2 });
    await unkept.remove(model.id);
    expect((await unkept.list()).models).toEqual([]);
  });
});
