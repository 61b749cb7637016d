/** Volumes for tests of the flood fill: not part of what ships. */

import type { BitsVault } from '../../core/bits-vault';
import { brickKey, brickOfKey } from '../../core/brick';
import { type BrickBits, bitOfVoxel } from '../../core/brick-bits';
import { allocate, bytesOf, type ImageArray, type ImageDtype } from '../../core/dtype';
import type { SegmentBits } from '../../core/packed-bits';
import { randomNumbers } from '../../core/testing/random';
import { volumeOf, type Zyx } from '../../core/vec';
import { BrickPool } from '../../gpu/brick-pool';
import type { GpuMemory } from '../../gpu/memory';
import type { ImageBricks } from './types';

/** The voxels of a brick out of a volume in memory, zeros outside. */
export function cutBrick(values: ImageArray, shapeZyx: Zyx, dtype: ImageDtype, brickZyx: Zyx) {
  const data = allocate(dtype, 64 ** 3);
  const [sizeZ, sizeY, sizeX] = shapeZyx;
  const [z0, y0, x0] = [brickZyx[0] * 64, brickZyx[1] * 64, brickZyx[2] * 64];
  for (let z = 0; z < 64 && z0 + z < sizeZ; z++)
    for (let y = 0; y < 64 && y0 + y < sizeY; y++) {
      const from = ((z0 + z) * sizeY + y0 + y) * sizeX + x0;
      data.set(values.subarray(from, from + Math.min(64, sizeX - x0)), (z * 64 + y) * 64);
    }
  return data;
}

/** A volume in memory as a source of GPU bricks that arrive a little later, like those of a network, or are all resident. */
export function bricksOf(
  memory: GpuMemory,
  values: ImageArray,
  shapeZyx: Zyx,
  dtype: ImageDtype,
  isResident = false,
): ImageBricks & { dispose(): void } {
  const pool = new BrickPool(memory, 'test image', bytesOf[dtype], 128 * 2 ** 20);
  const put = (brickZyx: Zyx) => {
    const key = String(brickKey(brickZyx));
    const { block, slot } = pool.put(key, cutBrick(values, shapeZyx, dtype, brickZyx));
    return { block, slot, release: () => {} };
  };
  return {
    dtype,
    shapeZyx,
    async acquire(brickZyx) {
      await new Promise((resolve) => setTimeout(resolve, (brickZyx[0] + brickZyx[2]) % 3));
      return put(brickZyx);
    },
    hold: (brickZyx) => (isResident ? put(brickZyx) : undefined),
    dispose: () => pool.dispose(),
  };
}

/** Bits by brick out of the vault that keeps them. */
export const unpacked = (vault: BitsVault, bits: SegmentBits): BrickBits =>
  new Map([...bits].map(([key, packed]) => [key, vault.unpack(packed)]));

/** Bits by brick as a mask of a whole volume. */
export function maskOfBits(bits: BrickBits, shapeZyx: Zyx): Uint8Array {
  const [sizeZ, sizeY, sizeX] = shapeZyx;
  const mask = new Uint8Array(volumeOf(shapeZyx));
  for (const [key, words] of bits) {
    const [z0, y0, x0] = brickOfKey(key);
    for (let z = z0 * 64; z < Math.min(sizeZ, z0 * 64 + 64); z++)
      for (let y = y0 * 64; y < Math.min(sizeY, y0 * 64 + 64); y++)
        for (let x = x0 * 64; x < Math.min(sizeX, x0 * 64 + 64); x++) {
          const { word, bit } = bitOfVoxel([z, y, x]);
          mask[(z * sizeY + y) * sizeX + x] = ((words[word] ?? 0) >>> bit) & 1;
        }
  }
  return mask;
}

/** Noise in which a voxel is 200 with the given share, else 10; the middle voxel is 200. */
export function noise(shapeZyx: Zyx, share: number, seed: number): Uint8Array<ArrayBuffer> {
  const next = randomNumbers(seed);
  const values = new Uint8Array(volumeOf(shapeZyx));
  for (let i = 0; i < values.length; i++) values[i] = next() < share ? 200 : 10;
  values[indexOf(middle(shapeZyx), shapeZyx)] = 200;
  return values;
}

export const middle = ([z, y, x]: Zyx): Zyx => [z >> 1, y >> 1, x >> 1];

export const indexOf = ([z, y, x]: Zyx, [, sizeY, sizeX]: Zyx): number =>
  (z * sizeY + y) * sizeX + x;

/** A corridor one voxel wide that winds through the whole volume: plane by plane, row by row. Starts at (0, 0, 0). */
export function serpentine([sizeZ, sizeY, sizeX]: Zyx): Uint8Array<ArrayBuffer> {
  const values = new Uint8Array(sizeZ * sizeY * sizeX);
  const open = (z: number, y: number, x: number) => {
    values[(z * sizeY + y) * sizeX + x] = 200;
  };
  const lastRow = (sizeY - 1) & ~1;
  for (let z = 0; z < sizeZ; z += 2) {
    for (let y = 0; y < sizeY; y += 2) {
      for (let x = 0; x < sizeX; x++) open(z, y, x);
      if (y + 2 < sizeY && y + 1 < sizeY) open(z, y + 1, (y / 2) % 2 === 0 ? sizeX - 1 : 0);
    }
    if (z + 2 < sizeZ) open(z + 1, (z / 2) % 2 === 0 ? lastRow : 0, 0);
  }
  return values;
}

/** Combs whose teeth reach across seams from alternate sides, joined by one back. */
export function comb([sizeZ, sizeY, sizeX]: Zyx): Uint8Array<ArrayBuffer> {
  const values = new Uint8Array(sizeZ * sizeY * sizeX);
  for (let z = 0; z < sizeZ; z++)
    for (let y = 0; y < sizeY; y++)
      for (let x = 0; x < sizeX; x++) {
        const back = x === 0 && y === 0;
        const spine = y === 0 && z % 2 === 0;
        const tooth = z % 2 === 0 && x % 3 === 0;
        if (back || spine || tooth) values[(z * sizeY + y) * sizeX + x] = 200;
      }
  return values;
}
