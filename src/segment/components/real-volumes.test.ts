import path from 'node:path';
import FileSystemStore from '@zarrita/storage/fs';
import { afterAll, describe, expect, it } from 'vitest';
import * as zarr from 'zarrita';
import type { Zyx } from '../../core/vec';
import { readFib25 } from '../../mesh/test-volumes';
import { testThreads } from '../cpu/testing';
import { connectedComponents, streamComponents } from './components';
import type { ComponentsFunction, Planes } from './types';

const threads = await testThreads<ComponentsFunction>(2);
afterAll(() => threads.dispose());
const { signal } = new AbortController();

const dataFolder = process.env.FLOODLIGHT_DATA ?? '../shared/data';

/** The planes of a volume of uint32, read chunk by chunk as they are asked for. */
async function openLabels(name: string) {
  const store = new FileSystemStore(path.resolve(dataFolder, name));
  const array = await zarr.open.v2(store, { kind: 'array' });
  if (!array.is('uint32')) throw new Error(`${name} holds ${array.dtype}`);
  const [sizeZ = 0, sizeY = 0, sizeX = 0] = array.shape;
  const shapeZyx: Zyx = [sizeZ, sizeY, sizeX];
  const chunkPlanes = array.chunks[0] ?? 1;
  let chunks: Planes & { readonly bytes: Uint8Array } = {
    first: 0,
    end: 0,
    bytes: new Uint8Array(),
  };
  const readPlane = async (z: number) => {
    if (z < chunks.first || z >= chunks.end) {
      const first = z - (z % chunkPlanes);
      const end = Math.min(sizeZ, first + chunkPlanes);
      const { data } = await zarr.get(array, [zarr.slice(first, end), null, null]);
      chunks = { first, end, bytes: new Uint8Array(data.buffer) };
    }
    const planeBytes = sizeY * sizeX * 4;
    return chunks.bytes.subarray(
      (z - chunks.first) * planeBytes,
      (z - chunks.first + 1) * planeBytes,
    );
  };
  const read = async ({ first, end }: Planes, into: Uint8Array) => {
    for (let z = first; z < end; z++) into.set(await readPlane(z), (z - first) * sizeY * sizeX * 4);
  };
  return { shapeZyx, read };
}

describe('connected components of real volumes', () => {
  it('of a dense segmentation of 134 Mvoxel: as many as its publishers count', async () => {
    const { shapeZyx, read } = await openLabels('connectomics-labels/labels.zarr/0');
    const request = { shapeZyx, connectivity: 26, dtype: 'uint32' } as const;
    let written = 0;
    const write = (_: Planes, ids: Uint8Array) => {
      written += ids.length / 4;
    };
    expect(await streamComponents(threads, request, { read, write }, signal)).toBe(3619);
    expect(written).toBe(512 ** 3);
  }, 120_000);

  // As scipy.ndimage.label counts them.
  it.each([
    [6, 18244],
    [18, 5366],
    [26, 3792],
  ] as const)('of bright voxels of electron microscopy at %i: %i', async (connectivity, count) => {
    const { shapeZyx, data } = await readFib25();
    const range = { low: 140, high: 255 };
    const request = { shapeZyx, connectivity, dtype: 'uint8', range } as const;
    expect((await connectedComponents(threads, request, data, signal)).count).toBe(count);
  });
});
