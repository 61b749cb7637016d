import type { VoxelGrid } from './grid';
import { makeNoiseTile, type NoiseTile, tileAt } from './noise';
import type { Organelles } from './organelles';
import type { Partition } from './partition';
import { makeRandom } from './random';

/** How the cytoplasm of one neurite looks. */
interface Look {
  readonly level: number;
  readonly grain: number;
  readonly clots: number;
  /** Where the neurite's texture starts in the tiles. */
  readonly offset: number;
}

const MEMBRANE_GREY = 94;
const MITOCHONDRION_GREY = 82;
/** Voxels farther than this from a surface are not looked at for a membrane. */
const SURFACE_NM = 48;
/** Two voxels are equally near to a surface up to this difference of `toSurface`, 4 nm. */
const EQUALLY_NEAR = 16;
/** Neurites of more voxels than this are light inside. */
const LARGE_VOXELS = 100_000;

const clamp = (value: number, low: number, high: number) =>
  value < low ? low : value > high ? high : value;

/** 1 within `half` nm of a surface, falling to 0 over `soft` nm around that. */
const band = (distance: number, half: number, soft: number) =>
  clamp(0.5 + (half - Math.abs(distance)) / soft, 0, 1);

const mix = (a: number, b: number, share: number) => a + (b - a) * share;

function makeLooks(seed: number, neuriteVoxels: Uint32Array): readonly Look[] {
  const random = makeRandom(seed, 'looks');
  return Array.from(neuriteVoxels, (voxels): Look => {
    const isLarge = voxels > LARGE_VOXELS;
    const isDark = !isLarge && random.next() < 0.16;
    const level = isDark ? random.between(116, 140) : random.between(isLarge ? 172 : 150, 188);
    const clots = isLarge ? random.between(6, 34) : random.between(0, 14);
    return { level, grain: random.between(8, 14), clots, offset: random.below(2 ** 20) };
  });
}

/** The image of the tissue: one grey value a voxel, 0 black, C-ordered z, y, x. */
export function render(
  seed: number,
  grid: VoxelGrid,
  partition: Partition,
  organelles: Organelles,
  neuriteVoxels: Uint32Array,
): Uint8Array<ArrayBuffer> {
  const [nz, ny, nx] = grid.shapeZyx;
  const painter = new Painter(seed, grid, partition, organelles, neuriteVoxels);
  const random = makeRandom(seed, 'noise');
  const image = new Uint8Array(nz * ny * nx);
  const [clean, blurred] = [new Float32Array(ny * nx), new Float32Array(ny * nx)];
  for (let z = 0; z < nz; z++) {
    painter.paint(z, clean);
    blur(clean, blurred, nx, 1);
    blur(blurred, clean, ny, nx);
    const [gain, offset] = [1 + 0.009 * random.normal(), 1.1 * random.normal()];
    expose(
      clean,
      image.subarray(z * ny * nx, (z + 1) * ny * nx),
      gain,
      offset,
      random.below(2 ** 30),
    );
  }
  return image;
}

class Painter {
  readonly #looks: readonly Look[];
  readonly #fine: NoiseTile;
  readonly #middle: NoiseTile;
  readonly #coarse: NoiseTile;

  constructor(
    seed: number,
    readonly grid: VoxelGrid,
    readonly partition: Partition,
    readonly organelles: Organelles,
    neuriteVoxels: Uint32Array,
  ) {
    this.#looks = makeLooks(seed, neuriteVoxels);
    this.#fine = makeNoiseTile(makeRandom(seed, 'fine'), 1);
    this.#middle = makeNoiseTile(makeRandom(seed, 'middle'), 2.2);
    this.#coarse = makeNoiseTile(makeRandom(seed, 'coarse'), 5);
  }

  /** One slice without noise. */
  paint(z: number, slice: Float32Array): void {
    const [, ny, nx] = this.grid.shapeZyx;
    const { labels, toSurface } = this.partition;
    const { toMitochondrion, toVesicle, stain } = this.organelles;
    for (let y = 0, at = 0; y < ny; y++)
      for (let x = 0; x < nx; x++, at++) {
        const voxel = z * ny * nx + at;
        const surfaceNm = (toSurface[voxel] as number) / 4;
        let grey = this.#cytoplasm(this.#looks[labels[voxel] as number] as Look, z, y, x);
        const vesicle = toVesicle[voxel] as number;
        if (vesicle < 12) grey = this.#vesicle(grey, vesicle);
        const mitochondrion = Math.max(toMitochondrion[voxel] as number, 24 - surfaceNm);
        if (mitochondrion < 8) grey = this.#mitochondrion(grey, mitochondrion, z, y, x);
        if (surfaceNm < SURFACE_NM) grey = this.#membrane(grey, voxel, surfaceNm, z, y, x);
        slice[at] = Math.max(Math.min(grey, 64), grey - (stain[voxel] as number));
      }
  }

  #cytoplasm(look: Look, z: number, y: number, x: number): number {
    const [oz, oy, ox] = [2 * z + look.offset, y + (look.offset >> 7), x + (look.offset >> 14)];
    const middle = tileAt(this.#middle, oz, oy, ox);
    const grain = 0.5 * tileAt(this.#fine, oz, oy, ox) + 0.7 * middle;
    const clot = Math.max(0, middle + 0.4 * tileAt(this.#coarse, oz, oy, ox) - 0.5);
    return look.level + look.grain * grain - look.clots * clot;
  }

  #vesicle(grey: number, distance: number): number {
    const lumen = mix(grey, Math.min(186, grey + 6), clamp(-distance / 8, 0, 1));
    return mix(lumen, 92, band(distance + 4, 4.5, 6));
  }

  /** Two membranes with a light cleft, and cristae where smooth noise changes its sign. */
  #mitochondrion(grey: number, distance: number, z: number, y: number, x: number): number {
    const inside = clamp(0.5 - distance / 8, 0, 1);
    const crista =
      band(tileAt(this.#coarse, 2 * z, y, x), 0.12, 0.25) * clamp(-distance / 20 - 1, 0, 1);
    const cleft = band(distance + 12, 3, 6);
    const body =
      MITOCHONDRION_GREY + 4 * tileAt(this.#middle, 2 * z, y, x) + 30 * crista + 24 * cleft;
    return mix(grey, body - 8 * band(distance + 3, 4, 6), inside);
  }

  #membrane(
    grey: number,
    voxel: number,
    distance: number,
    z: number,
    y: number,
    x: number,
  ): number {
    const wave = tileAt(this.#coarse, z >> 1, y >> 2, x >> 2);
    const half = 10 + clamp(1.5 * wave, -1.5, 3);
    const contrast = clamp(8 * tileAt(this.#coarse, z + 64, y >> 1, x >> 1), -14, 12);
    let share = band(distance, half, 7);
    if (share < 1 && this.#isAtSurface(voxel, z, y, x)) share = 1;
    // A trace of extracellular space where the membranes stand apart.
    const gap = 4 * clamp(wave, 0, 1.5) * band(distance, 2, 4);
    return mix(grey, Math.min(grey, MEMBRANE_GREY + contrast + gap), share);
  }

  /**
   * Both of two touching voxels of different neurites are dark, or the nearer one (both, if about equal) where they
   * touch across slices: so no membrane has a hole, not even one seen face on.
   */
  #isAtSurface(voxel: number, z: number, y: number, x: number): boolean {
    const [nz, ny, nx] = this.grid.shapeZyx;
    const { labels } = this.partition;
    const label = labels[voxel];
    return (
      (x > 0 && labels[voxel - 1] !== label) ||
      (x + 1 < nx && labels[voxel + 1] !== label) ||
      (y > 0 && labels[voxel - nx] !== label) ||
      (y + 1 < ny && labels[voxel + nx] !== label) ||
      (z > 0 && this.#isNearer(voxel, voxel - ny * nx)) ||
      (z + 1 < nz && this.#isNearer(voxel, voxel + ny * nx))
    );
  }

  #isNearer(voxel: number, other: number): boolean {
    const { labels, toSurface } = this.partition;
    const farthest = (toSurface[other] as number) + EQUALLY_NEAR;
    return labels[voxel] !== labels[other] && (toSurface[voxel] as number) <= farthest;
  }
}

/** The microscope's blur along one axis: the sample before and after with a weight of 0.17 each. */
function blur(from: Float32Array, to: Float32Array, size: number, stride: number): void {
  for (let at = 0; at < from.length; at++) {
    const along = Math.floor(at / stride) % size;
    const here = from[at] as number;
    const before = along > 0 ? (from[at - stride] as number) : here;
    const after = along + 1 < size ? (from[at + stride] as number) : here;
    to[at] = 0.66 * here + 0.17 * (before + after);
  }
}

/** Detector noise: variance with a constant and a part that grows with the signal; never beyond 3.5 deviations. */
function expose(
  from: Float32Array,
  to: Uint8Array,
  gain: number,
  offset: number,
  seed: number,
): void {
  let state = seed | 1;
  for (let at = 0; at < from.length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const bytes = (state & 255) + ((state >>> 8) & 255) + ((state >>> 16) & 255) + (state >>> 24);
    const grey = from[at] as number;
    // The sum of four bytes has mean 510 and deviation 147.8.
    const noise = ((bytes - 510) / 147.8) * Math.sqrt(9 + 0.16 * grey);
    to[at] = clamp(Math.round(grey * gain + offset + noise), 0, 255);
  }
}
