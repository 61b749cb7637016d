import { unzipSync } from 'fflate';
import Zstd from 'numcodecs/zstd';
import { describe, expect, it } from 'vitest';
import * as zarr from 'zarrita';
import { BRICK_VOXELS, bricksOfBox } from '../core/brick';
import { volumeOf, type Zyx } from '../core/vec';
import { exportLabels, type LabelBrick } from './labels-zip';

const shapeZyx: Zyx = [70, 129, 65];
/** Sparse, with ids over 2^31; whole bricks are empty. */
const labelAt = (z: number, y: number, x: number): number =>
  y >= 64 && y < 128 ? 0 : (z * 31 + y * 17 + x * 7) % 5 === 0 ? 4_000_000_000 + x : z % 3;

function* labelBricks(): Generator<LabelBrick> {
  for (const brickZyx of bricksOfBox({ originZyx: [0, 0, 0], shapeZyx })) {
    const data = new Uint32Array(BRICK_VOXELS);
    for (let at = 0; at < data.length; at++) {
      const z = brickZyx[0] * 64 + (at >> 12);
      const y = brickZyx[1] * 64 + ((at >> 6) & 63);
      const x = brickZyx[2] * 64 + (at & 63);
      if (z < shapeZyx[0] && y < shapeZyx[1] && x < shapeZyx[2]) data[at] = labelAt(z, y, x);
    }
    yield { brickZyx, data };
  }
}

const common = {
  name: 'neurons',
  shapeZyx,
  voxelSizeNm: [16, 8, 8] as Zyx,
  originNm: [100, 0, 4] as Zyx,
  properties: [{ id: 7, colour: [255, 0, 10, 255] as const, voxels: 12 }],
  encodeZstd: async (bytes: Uint8Array, level: number) =>
    Zstd.fromConfig({ id: 'zstd', level }).encode(bytes),
};

async function unzip(blob: Blob): Promise<Record<string, Uint8Array>> {
  return unzipSync(new Uint8Array(await blob.arrayBuffer()));
}

describe('exportLabels', () => {
  it('reads back voxel for voxel with zarrita', async () => {
    const files = await unzip(await exportLabels({ ...common, bricks: labelBricks() }));
    const store = new Map(Object.entries(files).map(([name, bytes]) => [`/${name}`, bytes]));
    const array = await zarr.open.v3(zarr.root(store).resolve('0'), { kind: 'array' });
    expect(array.chunks).toEqual([64, 64, 64]);
    const { data, shape } = await zarr.get(array);
    expect(shape).toEqual(shapeZyx);
    const expected = new Uint32Array(volumeOf(shapeZyx));
    let at = 0;
    for (let z = 0; z < shapeZyx[0]; z++)
      for (let y = 0; y < shapeZyx[1]; y++)
        for (let x = 0; x < shapeZyx[2]; x++) expected[at++] = labelAt(z, y, x);
    expect(Buffer.compare(Buffer.from(expected.buffer), bytesOf(data))).toBe(0);
  });

  it('puts the metadata first, stores without compressing, and leaves out empty chunks', async () => {
    const blob = await exportLabels({ ...common, bricks: labelBricks() });
    const bytes = new Uint8Array(await blob.arrayBuffer());
    const names: string[] = [];
    unzipSync(bytes, {
      filter: ({ name, compression }) => {
        names.push(name);
        expect(compression).toBe(0);
        return false;
      },
    });
    expect(names.slice(0, 2)).toEqual(['zarr.json', '0/zarr.json']);
    expect(names).toContain('0/c/1/2/1');
    expect(names.filter((name) => name.startsWith('0/c/0/1/'))).toEqual([]);
    expect(blob.type).toBe('application/zip');
  });

  it('describes an OME-Zarr 0.5 label image', async () => {
    const files = await unzip(await exportLabels({ ...common, bricks: [] }));
    const group = JSON.parse(new TextDecoder().decode(files['zarr.json']));
    const { ome } = group.attributes;
    expect(ome.version).toBe('0.5');
    expect(ome.multiscales[0].axes.map((axis: { name: string }) => axis.name).join('')).toBe('zyx');
    expect(ome.multiscales[0].datasets[0].coordinateTransformations).toEqual([
      { type: 'scale', scale: [16, 8, 8] },
      { type: 'translation', translation: [100, 0, 4] },
    ]);
    expect(ome['image-label']).toEqual({
      colors: [{ 'label-value': 7, rgba: [255, 0, 10, 255] }],
      properties: [{ 'label-value': 7, voxels: 12 }],
    });
  });

  it('asks for one brick at a time and passes on what the bricks throw', async () => {
    async function* failing(): AsyncGenerator<LabelBrick> {
      yield { brickZyx: [0, 0, 0], data: new Uint32Array(BRICK_VOXELS).fill(3) };
      throw new Error('device lost');
    }
    await expect(exportLabels({ ...common, bricks: failing() })).rejects.toThrow('device lost');
  });

  it('rejects bricks outside the volume or of the wrong size', async () => {
    const outside = [
      { brickZyx: [2, 0, 0] as Zyx, data: new Uint32Array(BRICK_VOXELS) },
      { brickZyx: [0, 0, 0] as Zyx, data: new Uint32Array(5) },
    ];
    for (const brick of outside)
      await expect(exportLabels({ ...common, bricks: [brick] })).rejects.toMatchObject({
        code: 'BAD_PARAMETERS',
      });
  });
});

function bytesOf(data: unknown): Buffer {
  if (!(data instanceof Uint32Array)) throw new Error('not u32');
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
