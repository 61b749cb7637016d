/** Segments by formula, and what a page would show of their surfaces. */
import { type BrickKey, brickKey } from '../../core/brick';
import { type Bits, BRICK_WORDS } from '../../core/brick-bits';
import type { SurfaceChange, SurfacePiece } from '../../core/surface';
import { scale, subtract, type Zyx } from '../../core/vec';
import { findFaces } from '../../mesh/surface-faces';
import type { Mesher } from '../mesher';

/** A ball of voxels, as bits of bricks; whole ones share an array. */
export class Ball {
  private readonly full = new Uint32Array(BRICK_WORDS).fill(0xffffffff);

  constructor(
    private readonly centerZyx: Zyx,
    private readonly radius: number,
  ) {}

  /** Keys of the bricks that hold some of it. */
  *keys(): Generator<BrickKey> {
    const first = this.centerZyx.map((at) => Math.floor((at - this.radius) / 64));
    const last = this.centerZyx.map((at) => Math.floor((at + this.radius) / 64));
    const [z0 = 0, y0 = 0, x0 = 0] = first;
    const [z1 = 0, y1 = 0, x1 = 0] = last;
    for (let z = z0; z <= z1; z++)
      for (let y = y0; y <= y1; y++)
        for (let x = x0; x <= x1; x++)
          if (this.distances([z, y, x])[0] < this.radius) yield brickKey([z, y, x]);
  }

  /** Bricks are read again and again by those around them. */
  private readonly recent = new Map<BrickKey, Bits | undefined>();

  readonly read = (_id: number, brickZyx: Zyx): Bits | undefined => {
    const key = brickKey(brickZyx);
    if (this.recent.size > 2000) this.recent.clear();
    if (!this.recent.has(key)) this.recent.set(key, this.make(brickZyx));
    return this.recent.get(key);
  };

  private make(brickZyx: Zyx): Bits | undefined {
    const [nearest, farthest] = this.distances(brickZyx);
    if (nearest >= this.radius) return undefined;
    if (farthest < this.radius) return this.full;
    const bits: Bits = new Uint32Array(BRICK_WORDS);
    const [cz, cy, cx] = subtract(this.centerZyx, scale(brickZyx, 64));
    let isEmpty = true;
    for (let word = 0; word < BRICK_WORDS; word++) {
      const dz = ((word >> 12) << 5) + ((word >> 5) & 31) - cz;
      const dy = (((word >> 11) & 1) << 5) + (word & 31) - cy;
      const half = Math.sqrt(this.radius ** 2 - dz * dz - dy * dy);
      const first = cx - (word & 1024 ? 32 : 0);
      const from = Math.max(Math.ceil(first - half), 0);
      const to = Math.min(Math.floor(first + half), 31);
      if (!(to >= from)) continue;
      bits[word] = (0xffffffff >>> (31 - to)) & (0xffffffff << from);
      isEmpty = false;
    }
    return isEmpty ? undefined : bits;
  }

  /** From the centre to the nearest and the farthest voxel of a brick. */
  private distances(brickZyx: Zyx): [nearest: number, farthest: number] {
    const offsets = brickZyx.map((at, axis) => {
      const [low, high] = [at * 64, at * 64 + 63];
      const centre = this.centerZyx[axis] ?? 0;
      return [
        Math.max(low - centre, centre - high, 0),
        Math.max(Math.abs(low - centre), Math.abs(high - centre)),
      ] as const;
    });
    return [
      Math.hypot(...offsets.map(([near]) => near)),
      Math.hypot(...offsets.map(([, far]) => far)),
    ];
  }
}

/** Pieces of as many triangles as real ones, in no time. */
export const countingMesher: Mesher = {
  workers: 1,
  extract: async (mask): Promise<SurfacePiece> => {
    const faces = findFaces(mask).length;
    return {
      positions: new Float32Array(faces * 3),
      normals: new Float32Array(faces * 3),
      indices: new Uint32Array(faces * 6),
      skirtVertices: 0,
      skirtIndices: 0,
    };
  },
  weld: async (pieces) => ({
    positions: new Float32Array(),
    normals: new Float32Array(),
    indices: new Uint32Array(pieces.reduce((sum, { indices }) => sum + indices.length, 0)),
  }),
};

/** What a page shows: the bytes of each piece, by segment, level and brick. */
export class ShownPieces {
  private readonly pieces = new Map<string, number>();
  /** Called after each change. */
  onChange = () => {};
  bytes = 0;
  mostPieces = 0;
  mostBytes = 0;

  readonly apply = ({ segmentId, patches, gone }: SurfaceChange): void => {
    for (const { level, brickKey, positions, normals, indices } of patches)
      this.put(
        `${segmentId}/${level}/${brickKey}`,
        positions.byteLength + normals.byteLength + indices.byteLength,
      );
    for (const { level, brickKey } of gone) this.put(`${segmentId}/${level}/${brickKey}`, 0);
    this.mostPieces = Math.max(this.mostPieces, this.pieces.size);
    this.mostBytes = Math.max(this.mostBytes, this.bytes);
    this.onChange();
  };

  /** Shows nothing, as a page that was just loaded. */
  forget(): void {
    this.pieces.clear();
    this.bytes = 0;
  }

  get size(): number {
    return this.pieces.size;
  }

  /** The levels of the pieces of a segment that show a brick of the finest level. */
  levelsAt([z, y, x]: Zyx, segmentId = 1): number[] {
    const levels = Array.from({ length: 17 }, (_, level) => level);
    return levels.filter((level) =>
      this.pieces.has(`${segmentId}/${level}/${brickKey([z >> level, y >> level, x >> level])}`),
    );
  }

  private put(key: string, bytes: number): void {
    this.bytes += bytes - (this.pieces.get(key) ?? 0);
    if (bytes > 0) this.pieces.set(key, bytes);
    else this.pieces.delete(key);
  }
}
