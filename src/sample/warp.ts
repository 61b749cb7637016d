import type { Zyx } from '../core/vec';
import { makeNoiseTile, type NoiseTile, tileBetween } from './noise';
import { makeRandom } from './random';

/** A smooth bend of space that turns straight tubes organic: displacements in nm on a lattice of 32 nm. */
export interface Warp {
  readonly cellsZyx: Zyx;
  /** z, y, x displacement of each lattice point. */
  readonly shiftsNm: Float32Array;
}

/** A distance grows by less than this factor under the warp. */
export const WARP_STRETCH = 1.3;

const LATTICE_NM = 32;
/** The lattice goes this far past the volume. */
const PAST_NM = 64;
const TILE_SIGMA = 2.5;
const WAVES = [
  { amplitudeNm: 24, sigmaNm: 100 },
  { amplitudeNm: 11, sigmaNm: 42 },
] as const;

/** A warp of the box from the origin to `sizeNm`. */
export function makeWarp(seed: number, sizeNm: Zyx): Warp {
  const random = makeRandom(seed, 'warp');
  const tile = makeNoiseTile(random, TILE_SIGMA);
  const cells = (size: number) => Math.ceil((size + 2 * PAST_NM) / LATTICE_NM) + 2;
  const cellsZyx: Zyx = [cells(sizeNm[0]), cells(sizeNm[1]), cells(sizeNm[2])];
  const shiftsNm = new Float32Array(3 * cellsZyx[0] * cellsZyx[1] * cellsZyx[2]);
  for (const { amplitudeNm, sigmaNm } of WAVES)
    for (let axis = 0; axis < 3; axis++) {
      const originZyx: Zyx = [random.below(128), random.below(128), random.below(128)];
      addWave(shiftsNm, cellsZyx, axis, tile, amplitudeNm, sigmaNm, originZyx);
    }
  return { cellsZyx, shiftsNm };
}

function addWave(
  shiftsNm: Float32Array,
  [nz, ny, nx]: Zyx,
  axis: number,
  tile: NoiseTile,
  amplitudeNm: number,
  sigmaNm: number,
  [oz, oy, ox]: Zyx,
): void {
  const step = (LATTICE_NM / sigmaNm) * TILE_SIGMA;
  for (let z = 0, at = axis; z < nz; z++)
    for (let y = 0; y < ny; y++)
      for (let x = 0; x < nx; x++, at += 3) {
        const value = tileBetween(tile, oz + z * step, oy + y * step, ox + x * step);
        shiftsNm[at] = (shiftsNm[at] as number) + amplitudeNm * value;
      }
}

/** Writes to `out` the point of tube space (z, y, x in nm) that is seen at a point of the volume (nm). */
export function toTubes(warp: Warp, z: number, y: number, x: number, out: Float64Array): void {
  const [nz, ny, nx] = warp.cellsZyx;
  const shifts = warp.shiftsNm;
  const lz = Math.max(0, Math.min(nz - 1.001, (z + PAST_NM) / LATTICE_NM));
  const ly = Math.max(0, Math.min(ny - 1.001, (y + PAST_NM) / LATTICE_NM));
  const lx = Math.max(0, Math.min(nx - 1.001, (x + PAST_NM) / LATTICE_NM));
  const iz = lz | 0;
  const iy = ly | 0;
  const ix = lx | 0;
  let [shiftZ, shiftY, shiftX] = [0, 0, 0];
  for (let corner = 0; corner < 8; corner++) {
    const cz = corner >> 2;
    const cy = (corner >> 1) & 1;
    const cx = corner & 1;
    const weight =
      Math.abs(1 - cz - lz + iz) * Math.abs(1 - cy - ly + iy) * Math.abs(1 - cx - lx + ix);
    const at = 3 * (((iz + cz) * ny + iy + cy) * nx + ix + cx);
    shiftZ += weight * (shifts[at] as number);
    shiftY += weight * (shifts[at + 1] as number);
    shiftX += weight * (shifts[at + 2] as number);
  }
  out[0] = z + shiftZ;
  out[1] = y + shiftY;
  out[2] = x + shiftX;
}

/** The point of the volume (nm) at which a point of tube space (nm) is seen, to about 1 nm. */
export function fromTubes(warp: Warp, target: Zyx): Zyx {
  let at = target;
  const seen = new Float64Array(3);
  for (let round = 0; round < 5; round++) {
    toTubes(warp, at[0], at[1], at[2], seen);
    at = [
      at[0] + target[0] - (seen[0] as number),
      at[1] + target[1] - (seen[1] as number),
      at[2] + target[2] - (seen[2] as number),
    ];
  }
  return at;
}
