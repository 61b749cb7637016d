import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import FileSystemStore from '@zarrita/storage/fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { get, open, root } from 'zarrita';
import { volumeOf, type Zyx } from '../core/vec';
import { packNeurites } from './neurites';
import { makePhantom } from './phantom';
import { labelPieces } from './pieces';
import { makeLevels, mean, mode } from './pyramid';
import { writeSample } from './write-zarr';

const SHAPE: Zyx = [32, 96, 96];
const FILL_LOW = 140;
const phantom = makePhantom(7, SHAPE);

/** The voxel's neighbours across its faces. */
function neighbours(voxel: number): number[] {
  const [nz, ny, nx] = SHAPE;
  const [z, y, x] = [Math.floor(voxel / (ny * nx)), Math.floor(voxel / nx) % ny, voxel % nx];
  return [
    ...(z > 0 ? [voxel - ny * nx] : []),
    ...(z + 1 < nz ? [voxel + ny * nx] : []),
    ...(y > 0 ? [voxel - nx] : []),
    ...(y + 1 < ny ? [voxel + nx] : []),
    ...(x > 0 ? [voxel - 1] : []),
    ...(x + 1 < nx ? [voxel + 1] : []),
  ];
}

function flood(seed: number, belongs: (voxel: number) => boolean): Set<number> {
  const filled = new Set([seed]);
  for (const voxel of filled)
    for (const next of neighbours(voxel)) if (belongs(next)) filled.add(next);
  return filled;
}

/** How many voxels each piece has. */
const counts = new Array<number>(phantom.pieces + 1).fill(0);
for (const label of phantom.labels) counts[label] = (counts[label] ?? 0) + 1;

/** Whether two arrays hold the same bytes; much quicker than toEqual. */
const isSame = (a: ArrayBufferView, b: unknown) =>
  ArrayBuffer.isView(b) &&
  Buffer.compare(new Uint8Array(a.buffer), new Uint8Array(b.buffer, b.byteOffset, b.byteLength)) ===
    0;

const average = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the phantom', () => {
  it('is the same for the same seed', { timeout: 20_000 }, () => {
    const again = makePhantom(7, SHAPE);
    expect(isSame(again.image, phantom.image)).toBe(true);
    expect(isSame(again.labels, phantom.labels)).toBe(true);
  });

  it('differs with the seed', () => {
    const centres = (seed: number) => packNeurites(seed, [512, 512, 512]).branches[0]?.balls;
    expect(centres(7)).toEqual(centres(7));
    expect(centres(7)).not.toEqual(centres(8));
  });

  it('gives every voxel to one of its numbered pieces, and each piece is connected', () => {
    expect(counts).toHaveLength(phantom.pieces + 1);
    expect(counts[0]).toBe(0);
    expect(phantom.pieces).toBeGreaterThan(20);
    for (let piece = 1; piece <= phantom.pieces; piece++) {
      const seed = phantom.labels.indexOf(piece);
      const reached = flood(seed, (voxel) => phantom.labels[voxel] === piece);
      expect(reached.size).toBe(counts[piece]);
    }
  });

  it('has neurites of very different calibre', () => {
    const sizes = counts.slice(1).sort((a, b) => b - a);
    const median = sizes[Math.floor(sizes.length / 2)] ?? 0;
    expect(sizes[0]).toBeGreaterThan(10 * median);
  });

  it('has membranes darker than cytoplasm', () => {
    const [membrane, inside]: [number[], number[]] = [[], []];
    for (let voxel = 0; voxel < volumeOf(SHAPE); voxel += 3) {
      const label = phantom.labels[voxel];
      const isAlone = neighbours(voxel).every((next) => phantom.labels[next] === label);
      (isAlone ? inside : membrane).push(phantom.image[voxel] ?? 0);
    }
    expect(average(membrane)).toBeLessThan(115);
    expect(average(inside)).toBeGreaterThan(average(membrane) + 25);
  });

  it('holds a flood fill inside one neurite and lets it fill most of its cytoplasm', () => {
    const isLight = (voxel: number) => (phantom.image[voxel] ?? 0) >= FILL_LOW;
    const light: number[][] = counts.map(() => []);
    for (let voxel = 0; voxel < volumeOf(SHAPE); voxel++)
      if (isLight(voxel)) light[phantom.labels[voxel] ?? 0]?.push(voxel);
    const lightest = light
      .map((voxels, piece) => ({ voxels, piece }))
      .sort((a, b) => b.voxels.length - a.voxels.length)
      .slice(0, 6);
    for (const { voxels, piece } of lightest) {
      let largest = new Set<number>();
      const seen = new Set<number>();
      for (const voxel of voxels) {
        if (seen.has(voxel)) continue;
        const fill = flood(voxel, isLight);
        for (const filled of fill) seen.add(filled);
        if (fill.size > largest.size) largest = fill;
      }
      const inside = [...largest].filter((voxel) => phantom.labels[voxel] === piece).length;
      expect(inside / largest.size).toBeGreaterThan(0.98);
      expect(inside / voxels.length).toBeGreaterThan(0.6);
    }
  });
});

describe('labelPieces', () => {
  it('parts what is not connected and gives specks to a neighbour', () => {
    const shape: Zyx = [4, 8, 40];
    const labels = new Uint16Array(volumeOf(shape)).fill(5);
    for (let at = 0; at < labels.length; at++) if (at % 40 >= 15 && at % 40 < 25) labels[at] = 2;
    labels[3] = 9;
    const numbered = labelPieces(labels, shape);
    expect(numbered.pieces).toBe(3);
    expect([0, 3, 20, 30].map((at) => numbered.labels[at])).toEqual([1, 1, 2, 3]);
  });
});

describe('makeLevels', () => {
  it('halves y and x until voxels are cubes, then z too, and keeps centres in place', () => {
    const data = Uint8Array.from({ length: 2 * 4 * 4 }, (_, at) => at);
    const [, second, third] = makeLevels(data, [2, 4, 4], 3, mean);
    expect(second?.shapeZyx).toEqual([2, 2, 2]);
    expect(second?.originNm).toEqual([0, 4, 4]);
    expect(second?.data[0]).toBe(3); // mean of 0, 1, 4, 5 is 2.5
    expect(third).toMatchObject({ shapeZyx: [1, 1, 1], voxelSizeNm: [32, 32, 32] });
    expect(third?.originNm).toEqual([8, 12, 12]);
  });

  it('takes the most frequent label, and at odd edges only what is there', () => {
    const labels = Uint16Array.from([7, 9, 300, 9, 9, 300]);
    const [, second] = makeLevels(labels, [1, 2, 3], 2, mode);
    expect([...(second?.data ?? [])]).toEqual([9, 300]);
  });
});

describe('the sample on disk', () => {
  let folder = '';
  let top = root(new FileSystemStore(''));
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'floodlight-sample-'));
    const out = path.join(folder, 'sample.zarr');
    await writeSample(phantom, out);
    await writeSample(phantom, out);
    top = root(new FileSystemStore(out));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('leaves nothing unfinished beside it', async () => {
    expect(await readdir(folder)).toEqual(['sample.zarr']);
  });

  it('reads back voxel for voxel', async () => {
    const image = await open.v3(top.resolve('0'), { kind: 'array' });
    expect(image.dtype).toBe('uint8');
    expect(image.fillValue).toBe(0);
    expect(image.dimensionNames).toEqual(['z', 'y', 'x']);
    expect(isSame(phantom.image, (await get(image)).data)).toBe(true);
    const labels = await open.v3(top.resolve('labels/groundtruth/0'), { kind: 'array' });
    expect(labels.dtype).toBe('uint16');
    expect(isSame(phantom.labels, (await get(labels)).data)).toBe(true);
    const coarse = await open.v3(top.resolve('labels/groundtruth/3'), { kind: 'array' });
    expect(coarse.shape).toEqual([8, 12, 12]);
  });

  it('has the metadata of OME-Zarr 0.5', async () => {
    const group = await open.v3(top, { kind: 'group' });
    expect(group.attrs.ome).toMatchObject({
      version: '0.5',
      omero: { channels: [{ window: { min: 0, max: 255, start: 50, end: 215 } }] },
      multiscales: [
        {
          axes: ['z', 'y', 'x'].map((name) => ({ name, type: 'space', unit: 'nanometer' })),
          datasets: [
            transforms('0', [16, 8, 8], [0, 0, 0]),
            transforms('1', [16, 16, 16], [0, 4, 4]),
            transforms('2', [32, 32, 32], [8, 12, 12]),
            transforms('3', [64, 64, 64], [24, 28, 28]),
          ],
        },
      ],
    });
    const labels = await open.v3(top.resolve('labels'), { kind: 'group' });
    expect(labels.attrs.ome).toEqual({ version: '0.5', labels: ['groundtruth'] });
    const truth = await open.v3(top.resolve('labels/groundtruth'), { kind: 'group' });
    expect(truth.attrs.ome).toMatchObject({ 'image-label': { source: { image: '../../' } } });
  });
});

const transforms = (level: string, scale: number[], translation: number[]) => ({
  path: level,
  coordinateTransformations: [
    { type: 'scale', scale },
    { type: 'translation', translation },
  ],
});
