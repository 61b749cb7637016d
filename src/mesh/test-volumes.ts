/** Binary volumes for tests, and their way through the mesher. */
import path from 'node:path';
import FileSystemStore from '@zarrita/storage/fs';
import * as zarr from 'zarrita';
import { brickKey, brickOfKey, brickOfVoxel } from '../core/brick';
import { BRICK_WORDS, type BrickBits, bitOfVoxel } from '../core/brick-bits';
import type { GridGeometry, SurfaceMesh, SurfacePiece } from '../core/surface';
import { volumeOf, type Zyx } from '../core/vec';
import { extractPatch } from './extract-patch';
import { padMask } from './padded-mask';
import { weld } from './weld';

export interface BinaryVolume {
  readonly shapeZyx: Zyx;
  /** 0 or 1, C-ordered. */
  readonly data: Uint8Array;
}

export const cubicNm: GridGeometry = { voxelSizeNm: [1, 1, 1], originNm: [0, 0, 0] };

export function makeVolume(
  shapeZyx: Zyx,
  isInside: (z: number, y: number, x: number) => boolean,
): BinaryVolume {
  const [depth, height, width] = shapeZyx;
  const data = new Uint8Array(volumeOf(shapeZyx));
  let at = 0;
  for (let z = 0; z < depth; z++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) data[at++] = isInside(z, y, x) ? 1 : 0;
  return { shapeZyx, data };
}

export const countVoxels = ({ data }: BinaryVolume): number =>
  data.reduce((sum, bit) => sum + bit, 0);

/** The bits of each brick that has foreground. */
export function brickBits({ shapeZyx, data }: BinaryVolume): BrickBits {
  const [depth, height, width] = shapeZyx;
  const bricks: BrickBits = new Map();
  for (let z = 0; z < depth; z++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x += 32) {
        const row = (z * height + y) * width;
        const voxels = data.subarray(row + x, row + Math.min(x + 32, width));
        const value = voxels.reduce((bits, bit, at) => bits | (bit << at), 0);
        if (value === 0) continue;
        const key = brickKey(brickOfVoxel([z, y, x]));
        const bits = bricks.get(key) ?? new Uint32Array(BRICK_WORDS);
        bricks.set(key, bits);
        bits[bitOfVoxel([z, y, x]).word] = value;
      }
  return bricks;
}

/** The patches of all bricks that have foreground. */
export function extractAll(
  volume: BinaryVolume,
  geometry: GridGeometry,
  hasSkirt = false,
): SurfacePiece[] {
  const bricks = brickBits(volume);
  // Coordinates below 0 would share keys with other bricks.
  const read = (at: Zyx) => (at.some((value) => value < 0) ? undefined : bricks.get(brickKey(at)));
  return [...bricks.keys()]
    .map(brickOfKey)
    .map((brickZyx) => extractPatch(padMask(read, brickZyx), brickZyx, geometry, hasSkirt));
}

/** The real EM volume, level 0. */
export async function readFib25(): Promise<{ shapeZyx: Zyx; data: Uint8Array }> {
  const folder = path.resolve(process.env.FLOODLIGHT_DATA ?? '../shared/data', 'fib25/em.zarr/0');
  const array = await zarr.open.v2(new FileSystemStore(folder), { kind: 'array' });
  if (!array.is('uint8')) throw new Error(`${folder} holds ${array.dtype}`);
  const { data, shape } = await zarr.get(array);
  const [depth = 0, height = 0, width = 0] = shape;
  return { shapeZyx: [depth, height, width], data };
}

/** All voxels of at least `low` that are 6-connected to the seed. */
export function fillFrom(
  image: { shapeZyx: Zyx; data: Uint8Array },
  [z, y, x]: Zyx,
  low: number,
): BinaryVolume {
  const [depth, height, width] = image.shapeZyx;
  const data = new Uint8Array(image.data.length);
  const stack = new Int32Array(image.data.length);
  let size = 0;
  const visit = (at: number) => {
    if (data[at] === 1 || (image.data[at] ?? 0) < low) return;
    data[at] = 1;
    stack[size++] = at;
  };
  visit((z * height + y) * width + x);
  while (size > 0) {
    const at = stack[--size] ?? 0;
    const column = at % width;
    const row = Math.floor(at / width) % height;
    const slice = Math.floor(at / (width * height));
    if (column > 0) visit(at - 1);
    if (column < width - 1) visit(at + 1);
    if (row > 0) visit(at - width);
    if (row < height - 1) visit(at + width);
    if (slice > 0) visit(at - width * height);
    if (slice < depth - 1) visit(at + width * height);
  }
  return { shapeZyx: image.shapeZyx, data };
}

/** The whole surface of a volume. */
export const meshOf = (volume: BinaryVolume, geometry: GridGeometry): SurfaceMesh =>
  weld(extractAll(volume, geometry));
