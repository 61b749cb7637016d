import type { Box } from '../core/box';
import { FloodlightError } from '../core/errors';
import type { Zyx } from '../core/vec';
import { VOXEL_NM, type VoxelGrid } from './grid';
import type { Packing } from './neurites';
import { toTubes, WARP_STRETCH, type Warp } from './warp';

/** Who owns each voxel, C-ordered z, y, x. */
export interface Partition {
  /** The neurite of each voxel, from 1. */
  readonly labels: Uint16Array<ArrayBuffer>;
  /** How far each voxel is from the surface between two neurites, in units of 1/4 nm; 255 is that or more. */
  readonly toSurface: Uint8Array<ArrayBuffer>;
}

/** All balls of a packing as columns (nm, tube space), in the order of their neurites. */
interface Balls {
  readonly z: Float32Array;
  readonly y: Float32Array;
  readonly x: Float32Array;
  readonly radius: Float32Array;
  readonly neurite: Uint16Array;
}

/** The least box of voxels that has its own list of balls; 32 nm wide. */
const LEAF: Zyx = [2, 4, 4];
/** Of two neurites' distances, a larger difference than this need not be known: 50 nm to a surface between two neurites that face each other. */
const SIGHT_NM = 100;
/** The angle between two neurites, as the length of the difference of directions, is taken to be no less. */
const LEAST_SLOPE = 0.6;

/**
 * Gives each voxel to the neurite with the least (distance to a ball's centre − its radius): an additively weighted
 * Voronoi partition, in warped space. Boxes are halved again and again, each half keeping the balls that can matter there.
 */
export function partition(packing: Packing, warp: Warp, grid: VoxelGrid): Partition {
  return new Partitioner(packing, warp, grid).run();
}

class Partitioner {
  readonly #balls: Balls;
  readonly #labels: Uint16Array<ArrayBuffer>;
  readonly #toSurface: Uint8Array<ArrayBuffer>;
  readonly #distance: Float64Array;
  readonly #bestOfNeurite: Float64Array;
  readonly #lists: Uint32Array[] = [];
  #local = new Float64Array(0);
  readonly #at = new Float64Array(3);

  constructor(
    packing: Packing,
    readonly warp: Warp,
    readonly grid: VoxelGrid,
  ) {
    const [nz, ny, nx] = grid.shapeZyx;
    this.#labels = new Uint16Array(nz * ny * nx);
    this.#toSurface = new Uint8Array(nz * ny * nx);
    this.#balls = columns(packing);
    this.#distance = new Float64Array(this.#balls.radius.length);
    this.#bestOfNeurite = new Float64Array(packing.count + 1);
  }

  run(): Partition {
    const all = Uint32Array.from(this.#balls.radius, (_, at) => at);
    this.#divide({ originZyx: [0, 0, 0], shapeZyx: this.grid.shapeZyx }, all, 0);
    return { labels: this.#labels, toSurface: this.#toSurface };
  }

  #divide(box: Box, candidates: Uint32Array, depth: number): void {
    const near = this.#prune(box, candidates, depth);
    if (this.#isOneNeurite(near)) {
      this.#fill(box, near);
      return;
    }
    const ratio = box.shapeZyx.map((size, axis) => size / (LEAF[axis] as number));
    const longest = Math.max(...ratio);
    if (longest <= 1) {
      this.#assign(box, near);
      return;
    }
    for (const half of halves(box, ratio.indexOf(longest))) this.#divide(half, near, depth + 1);
  }

  #isOneNeurite(balls: Uint32Array): boolean {
    const { neurite } = this.#balls;
    return neurite[balls[0] as number] === neurite[balls[balls.length - 1] as number];
  }

  /** Gives a whole box, far from any surface, to the one neurite in its list. */
  #fill({ originZyx: [z0, y0, x0], shapeZyx: [nz, ny, nx] }: Box, [ball]: Uint32Array): void {
    if (ball === undefined) throw new FloodlightError('INTERNAL', { reason: 'no neurite near' });
    const [, height, width] = this.grid.shapeZyx;
    for (let z = z0; z < z0 + nz; z++)
      for (let y = y0; y < y0 + ny; y++) {
        const row = (z * height + y) * width;
        this.#labels.fill(this.#balls.neurite[ball] as number, row + x0, row + x0 + nx);
        this.#toSurface.fill(255, row + x0, row + x0 + nx);
      }
  }

  /** The balls that may be the nearest of their neurite, and their neurite one of the two nearest, somewhere in the box. */
  #prune({ originZyx: [z, y, x], shapeZyx: [nz, ny, nx] }: Box, all: Uint32Array, depth: number) {
    const [vz, vy, vx] = VOXEL_NM;
    toTubes(
      this.warp,
      (z + (nz - 1) / 2) * vz,
      (y + (ny - 1) / 2) * vy,
      (x + (nx - 1) / 2) * vx,
      this.#at,
    );
    const at = this.#at;
    // Twice the way from the centre to the farthest voxel.
    const across =
      WARP_STRETCH * Math.sqrt(((nz - 1) * vz) ** 2 + ((ny - 1) * vy) ** 2 + ((nx - 1) * vx) ** 2);
    const { z: bz, y: by, x: bx, radius, neurite } = this.#balls;
    const distance = this.#distance;
    const best = this.#bestOfNeurite;
    let first = Infinity;
    let second = Infinity;
    let previous = -1;
    let least = Infinity;
    for (let k = 0; k < all.length; k++) {
      const ball = all[k] as number;
      const dz = (bz[ball] as number) - (at[0] as number);
      const dy = (by[ball] as number) - (at[1] as number);
      const dx = (bx[ball] as number) - (at[2] as number);
      const d = Math.sqrt(dz * dz + dy * dy + dx * dx) - (radius[ball] as number);
      distance[k] = d;
      const id = neurite[ball] as number;
      if (id !== previous) {
        if (previous >= 0) best[previous] = least;
        second = Math.min(second, Math.max(first, least));
        first = Math.min(first, least);
        previous = id;
        least = d;
      } else if (d < least) least = d;
    }
    best[previous] = least;
    second = Math.min(second, Math.max(first, least));
    first = Math.min(first, least);
    const limit = Math.min(second, first + SIGHT_NM) + across;
    const kept = this.#listAt(depth, all.length);
    let count = 0;
    for (let k = 0; k < all.length; k++) {
      const d = distance[k] as number;
      if (d > limit) continue;
      const ball = all[k] as number;
      if (d <= (best[neurite[ball] as number] as number) + across) kept[count++] = ball;
    }
    return kept.subarray(0, count);
  }

  /** Room for a list at one depth of the division: a box's list is done with when its sibling's is made. */
  #listAt(depth: number, length: number): Uint32Array {
    const list = this.#lists[depth];
    if (list && list.length >= length) return list;
    const longer = new Uint32Array(length);
    this.#lists[depth] = longer;
    return longer;
  }

  #assign({ originZyx: [z0, y0, x0], shapeZyx: [nz, ny, nx] }: Box, candidates: Uint32Array) {
    const [, height, width] = this.grid.shapeZyx;
    const [vz, vy, vx] = VOXEL_NM;
    const at = this.#at;
    this.#copyToLocal(candidates);
    for (let z = z0; z < z0 + nz; z++) {
      const shiftY = this.grid.shiftYNm[z] as number;
      const shiftX = this.grid.shiftXNm[z] as number;
      for (let y = y0; y < y0 + ny; y++)
        for (let x = x0; x < x0 + nx; x++) {
          toTubes(this.warp, z * vz, y * vy + shiftY, x * vx + shiftX, at);
          const voxel = (z * height + y) * width + x;
          this.#assignVoxel(
            voxel,
            candidates.length,
            at[0] as number,
            at[1] as number,
            at[2] as number,
          );
        }
    }
  }

  /** One row of z, y, x, radius, neurite a ball. */
  #copyToLocal(candidates: Uint32Array): void {
    const { z, y, x, radius, neurite } = this.#balls;
    if (this.#local.length < 5 * candidates.length)
      this.#local = new Float64Array(10 * candidates.length);
    for (let k = 0; k < candidates.length; k++) {
      const ball = candidates[k] as number;
      this.#local[5 * k] = z[ball] as number;
      this.#local[5 * k + 1] = y[ball] as number;
      this.#local[5 * k + 2] = x[ball] as number;
      this.#local[5 * k + 3] = radius[ball] as number;
      this.#local[5 * k + 4] = neurite[ball] as number;
    }
  }

  #assignVoxel(voxel: number, count: number, z: number, y: number, x: number): void {
    const local = this.#local;
    let first = Infinity;
    let second = Infinity;
    let owner = 0;
    let nearest = -1;
    let rival = -1;
    for (let row = 0; row < 5 * count; row += 5) {
      const dz = (local[row] as number) - z;
      const dy = (local[row + 1] as number) - y;
      const dx = (local[row + 2] as number) - x;
      const ballRadius = local[row + 3] as number;
      const reach = second + ballRadius;
      const squared = dz * dz + dy * dy + dx * dx;
      if (reach <= 0 || squared >= reach * reach) continue;
      const d = Math.sqrt(squared) - ballRadius;
      const id = local[row + 4] as number;
      if (id === owner) {
        if (d >= first) continue;
        first = d;
        nearest = row;
      } else if (d < first) {
        second = first;
        rival = nearest;
        first = d;
        nearest = row;
        owner = id;
      } else {
        second = d;
        rival = row;
      }
    }
    this.#labels[voxel] = owner;
    const difference = second - first;
    const known = difference < SIGHT_NM && rival >= 0;
    const distance = known ? difference / this.#slope(nearest, rival, z, y, x) : Infinity;
    this.#toSurface[voxel] = Math.min(255, 4 * distance);
  }

  /** How fast the difference of the distances to two balls changes, per nm across the surface between them. */
  #slope(a: number, b: number, z: number, y: number, x: number): number {
    const local = this.#local;
    const az = (local[a] as number) - z;
    const ay = (local[a + 1] as number) - y;
    const ax = (local[a + 2] as number) - x;
    const bz = (local[b] as number) - z;
    const by = (local[b + 1] as number) - y;
    const bx = (local[b + 2] as number) - x;
    const squares = (az * az + ay * ay + ax * ax) * (bz * bz + by * by + bx * bx);
    const cosine = (az * bz + ay * by + ax * bx) / Math.sqrt(squares + 1e-6);
    return Math.max(LEAST_SLOPE, Math.sqrt(Math.max(0, 2 - 2 * cosine)));
  }
}

const put = ([z, y, x]: Zyx, axis: number, value: number): Zyx => [
  axis === 0 ? value : z,
  axis === 1 ? value : y,
  axis === 2 ? value : x,
];

/** A box cut across one axis, at a multiple of the leaf. */
function halves({ originZyx, shapeZyx }: Box, axis: number): readonly [Box, Box] {
  const leaf = LEAF[axis] as number;
  const size = shapeZyx[axis] as number;
  const cut = Math.ceil(size / leaf / 2) * leaf;
  const middle = (originZyx[axis] as number) + cut;
  return [
    { originZyx, shapeZyx: put(shapeZyx, axis, cut) },
    { originZyx: put(originZyx, axis, middle), shapeZyx: put(shapeZyx, axis, size - cut) },
  ];
}

function columns(packing: Packing): Balls {
  const all = packing.branches.flatMap(({ neurite, balls }) =>
    balls.map(({ centreNm: [z, y, x], radiusNm }) => ({ neurite, z, y, x, radiusNm })),
  );
  return {
    z: Float32Array.from(all, ({ z }) => z),
    y: Float32Array.from(all, ({ y }) => y),
    x: Float32Array.from(all, ({ x }) => x),
    radius: Float32Array.from(all, ({ radiusNm }) => radiusNm),
    neurite: Uint16Array.from(all, ({ neurite }) => neurite),
  };
}
