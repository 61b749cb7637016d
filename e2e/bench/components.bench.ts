import Blosc from 'numcodecs/blosc';
import * as zarr from 'zarrita';
import type { Zyx } from '../../src/core/vec';
import { streamComponents } from '../../src/segment/components/components';
import type { ComponentsFunction, ComponentsRequest } from '../../src/segment/components/types';
import { plainComponents } from './plain-components';
import { segmentThreads, threadsName } from './segment-threads';
import type { BenchCase, Contender, Suite } from './suite';

type Voxels = Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

zarr.registry.set('blosc', async () => Blosc as never);

/** A whole volume of u8 or u32, as the data server has it. */
async function readVolume(url: string): Promise<{ voxels: Voxels; shapeZyx: Zyx }> {
  const array = await zarr.open.v2(new zarr.FetchStore(url), { kind: 'array', attrs: false });
  const { data, shape } = await zarr.get(array);
  const [sizeZ = 0, sizeY = 0, sizeX = 0] = shape;
  return { voxels: data as Voxels, shapeZyx: [sizeZ, sizeY, sizeX] };
}

/** Count and hash of all ids. */
function digest(count: number, ids: Uint32Array): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < ids.length; at++) hash = Math.imul(hash ^ (ids[at] ?? 0), 0x01000193);
  return `${count} components, hash ${(hash >>> 0).toString(16)}`;
}

const rates = (time: number, kernel: number, voxels: number) => ({
  time,
  rate: voxels / 1000 / time,
  kernel: voxels / 1000 / kernel,
});

/** All contenders write to the same array, which is in memory by the second run. */
async function floodlight(
  count: number,
  request: ComponentsRequest,
  voxels: Voxels,
  ids: Uint32Array<ArrayBuffer>,
): Promise<Contender> {
  const threads = await segmentThreads<ComponentsFunction>(count);
  const [, sizeY, sizeX] = request.shapeZyx;
  let components = 0;
  return {
    name: `floodlight/${threadsName(count)}`,
    async run() {
      let copying = 0;
      const copy = (from: Voxels, to: Voxels) => {
        const started = performance.now();
        to.set(from);
        copying += performance.now() - started;
      };
      const planesOf = (array: Voxels, first: number, end: number) =>
        new Uint8Array(array.buffer).subarray(
          first * sizeY * sizeX * array.BYTES_PER_ELEMENT,
          end * sizeY * sizeX * array.BYTES_PER_ELEMENT,
        );
      const started = performance.now();
      components = await streamComponents(
        threads,
        request,
        {
          read: ({ first, end }, into) => copy(planesOf(voxels, first, end), into),
          write: ({ first, end }, from) => copy(from, planesOf(ids, first, end)),
        },
        new AbortController().signal,
      );
      const time = performance.now() - started;
      return rates(time, time - copying, voxels.length);
    },
    answer: async () => digest(components, ids),
  };
}

function plainJs(request: ComponentsRequest, voxels: Voxels, ids: Uint32Array): Contender {
  let components = 0;
  return {
    name: 'plain-js',
    async run() {
      const started = performance.now();
      components = plainComponents(request, voxels, ids);
      const time = performance.now() - started;
      return rates(time, time, voxels.length);
    },
    answer: async () => digest(components, ids),
  };
}

const componentsCase = (
  name: string,
  path: string,
  criterion:
    | { connectivity: 6 | 26; dtype: 'uint32' }
    | { connectivity: 6 | 26; dtype: 'uint8'; range: { low: number; high: number } },
): BenchCase => ({
  name,
  source: null,
  async prepare(dataUrl) {
    const { voxels, shapeZyx } = await readVolume(`${dataUrl}/${path}`);
    const ids = new Uint32Array(voxels.length);
    const request = { shapeZyx, ...criterion };
    return [
      await floodlight(1, request, voxels, ids),
      await floodlight(2, request, voxels, ids),
      plainJs(request, voxels, ids),
    ];
  },
});

const bright = { dtype: 'uint8', range: { low: 140, high: 255 } } as const;

export const suite: Suite = {
  name: 'components',
  // time: from voxels in JavaScript's memory to ids there; rate: voxels by that; kernel: voxels by the time without copies
  // into WebAssembly's memory and out of it.
  units: { time: 'ms', rate: 'Mvoxel/s', kernel: 'Mvoxel/s' },
  cases: [
    componentsCase('connectomics-labels 26', 'connectomics-labels/labels.zarr/0', {
      connectivity: 26,
      dtype: 'uint32',
    }),
    componentsCase('fib25 140–255 26', 'fib25/em.zarr/0', { connectivity: 26, ...bright }),
    componentsCase('fib25 140–255 6', 'fib25/em.zarr/0', { connectivity: 6, ...bright }),
  ],
};
