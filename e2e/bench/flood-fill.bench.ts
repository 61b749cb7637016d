import { BRICK_VOXELS, brickKey, brickOfVoxel } from '../../src/core/brick';
import { bitOfVoxel } from '../../src/core/brick-bits';
import type { ImageArray, ImageDtype } from '../../src/core/dtype';
import type { Zyx } from '../../src/core/vec';
import type { BackendId, Connectivity, FillResult, ImageRead } from '../../src/engine/protocol';
import type { FillFunction } from '../../src/segment/flood-fill/cpu/context';
import { fillVolume, type VolumeFill } from '../../src/segment/flood-fill/cpu/volume';
import { maskOf, type PlainFill, plainFill } from './plain-fill';
import { segmentThreads, threadsName } from './segment-threads';
import type { BenchCase, Contender, Suite } from './suite';

interface Criterion {
  readonly low: number;
  readonly high: number;
  readonly connectivity: Connectivity;
  /** Without it: the first voxel in range from the volume's middle on. */
  readonly seedZyx?: Zyx;
}

const wholeVolume = (shapeZyx: Zyx) => ({ originZyx: [0, 0, 0] as const, shapeZyx });

/** EM is of a type that kernels know. */
type EmImage = ImageRead & { readonly data: ImageArray; readonly dtype: ImageDtype };

function seedFromTheMiddle({ data, shapeZyx }: EmImage, { low, high }: Criterion): Zyx {
  const [sizeZ, sizeY, sizeX] = shapeZyx;
  const middle = ((sizeZ >> 1) * sizeY + (sizeY >> 1)) * sizeX + (sizeX >> 1);
  const index = data.findIndex((value, at) => at >= middle && value >= low && value <= high);
  const row = Math.floor(index / sizeX);
  return [Math.floor(row / sizeY), row % sizeY, index % sizeX];
}

/** Count and hash of the voxels for which `isFilled` holds. */
function digest(length: number, isFilled: (index: number) => boolean): string {
  let voxels = 0;
  let hash = 0x811c9dc5;
  for (let index = 0; index < length; index++) {
    if (!isFilled(index)) continue;
    voxels++;
    hash = Math.imul(hash ^ index, 0x01000193);
  }
  return `${voxels} voxels, hash ${(hash >>> 0).toString(16)}`;
}

/** Voxels of the bricks (64³) that hold filled voxels: what a fill by bricks has to look at. */
function brickVoxels(mask: Uint8Array, [, sizeY, sizeX]: Zyx): number {
  const bricks = new Set<number>();
  for (let index = mask.indexOf(1); index >= 0; index = mask.indexOf(1, index + 1)) {
    const row = Math.floor(index / sizeX);
    bricks.add(brickKey(brickOfVoxel([Math.floor(row / sizeY), row % sizeY, index % sizeX])));
  }
  return bricks.size * BRICK_VOXELS;
}

/** Making and drawing the surface takes longer than the fill: with the segment it ends, if not at once. */
const REST_MILLISECONDS = 1000;

/** Fills through the page's API, its bricks resident after the warm-up. */
function throughPage(
  backend: BackendId,
  seedZyx: Zyx,
  params: Criterion,
  shapeZyx: Zyx,
  ofBricks: number,
): Contender {
  let last: FillResult | undefined;
  return {
    name: `floodlight/${backend}`,
    async run() {
      await window.floodlight.setBackend(backend);
      const { low, high, connectivity } = params;
      const started = performance.now();
      last = await window.floodlight.segment({
        algorithm: 'flood-fill',
        seedZyx,
        params: { low, high, connectivity },
      });
      const wall = performance.now() - started;
      if (last.backend !== backend) throw new Error(`It ran on ${last.backend}.`);
      return rates(last.milliseconds, wall, last.voxels, ofBricks);
    },
    async answer() {
      const { data } = await window.floodlight.readLabels(wholeVolume(shapeZyx));
      return digest(data.length, (index) => data[index] === last?.id);
    },
    async rest() {
      if (last) await window.floodlight.remove(last.id);
      await window.floodlight.settled();
      await new Promise((resolve) => setTimeout(resolve, REST_MILLISECONDS));
    },
  };
}

/** The backend of the processor by itself, on an array in memory like plain-js: to bits there, threshold included. */
async function inMemory(
  count: number,
  image: EmImage,
  seedZyx: Zyx,
  { low, high, connectivity }: Criterion,
  ofBricks: number,
): Promise<Contender> {
  const threads = await segmentThreads<FillFunction>(count);
  const { data, shapeZyx, dtype } = image;
  const request = { seedZyx, range: { low, high }, connectivity };
  let last: VolumeFill | undefined;
  return {
    name: `floodlight/${threadsName(count)}`,
    async run() {
      const started = performance.now();
      last = await fillVolume(threads, data, shapeZyx, dtype, request);
      const time = performance.now() - started;
      return rates(time, time, last.voxels, ofBricks);
    },
    answer: async () => {
      const [, sizeY, sizeX] = shapeZyx;
      const isFilled = (index: number) => {
        const row = Math.floor(index / sizeX);
        const zyx: Zyx = [Math.floor(row / sizeY), row % sizeY, index % sizeX];
        const { word, bit } = bitOfVoxel(zyx);
        return (((last?.bits.get(brickKey(brickOfVoxel(zyx)))?.[word] ?? 0) >> bit) & 1) === 1;
      };
      return digest(data.length, isFilled);
    },
  };
}

function plainJs(image: EmImage, seedZyx: Zyx, criterion: Criterion, ofBricks: number): Contender {
  let last: PlainFill | undefined;
  return {
    name: 'plain-js',
    async run() {
      const started = performance.now();
      last = plainFill(image.data, image.shapeZyx, seedZyx, criterion, criterion.connectivity);
      const time = performance.now() - started;
      return rates(time, time, last.voxels, ofBricks);
    },
    async answer() {
      const mask = last ? maskOf(last) : new Uint8Array();
      return digest(mask.length, (index) => mask[index] === 1);
    },
  };
}

const rates = (time: number, wall: number, filled: number, ofBricks: number) => ({
  time,
  wall,
  filled: filled / 1000 / time,
  bricks: ofBricks / 1000 / time,
});

const fillCase = (name: string, source: string | null, criterion: Criterion): BenchCase => ({
  name,
  source,
  async prepare() {
    const { shapeZyx } = window.floodlight.volume();
    const image = (await window.floodlight.readImage(wholeVolume(shapeZyx))) as EmImage;
    const seedZyx = criterion.seedZyx ?? seedFromTheMiddle(image, criterion);
    const { connectivity } = criterion;
    const plain = plainFill(image.data, shapeZyx, seedZyx, criterion, connectivity);
    const ofBricks = brickVoxels(maskOf(plain), shapeZyx);
    return [
      throughPage('webgpu', seedZyx, criterion, shapeZyx, ofBricks),
      throughPage('cpu', seedZyx, criterion, shapeZyx, ofBricks),
      await inMemory(1, image, seedZyx, criterion, ofBricks),
      await inMemory(2, image, seedZyx, criterion, ofBricks),
      plainJs(image, seedZyx, criterion, ofBricks),
    ];
  },
});

const fib25 = 'fib25/em.zarr';
/** A voxel of a large neurite: 24 % of its bricks at 140–255, 9 % at 140–160; at 90–255 the fill is nearly everywhere. */
const neuron = { seedZyx: [39, 248, 240] } as const;

export const suite: Suite = {
  name: 'flood-fill',
  // time: as the contender reports it, the threshold included; wall: as the caller waits. Rates are by time:
  // voxels filled, and voxels of the bricks that hold some.
  units: { time: 'ms', wall: 'ms', filled: 'Mvoxel/s', bricks: 'Mvoxel/s' },
  cases: [
    fillCase('fib25 140–255', fib25, { ...neuron, low: 140, high: 255, connectivity: 6 }),
    fillCase('fib25 90–255', fib25, { ...neuron, low: 90, high: 255, connectivity: 6 }),
    fillCase('fib25 140–160', fib25, { ...neuron, low: 140, high: 160, connectivity: 6 }),
    fillCase('sample 140–255', null, { low: 140, high: 255, connectivity: 6 }),
  ],
};
