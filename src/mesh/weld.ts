import type { SurfaceMesh, SurfacePiece } from '../core/surface';

const FLOATS = 3;

/** What of a piece is joined: all but its skirt. */
export const sizeOfPiece = (piece: SurfacePiece): { vertices: number; indices: number } => ({
  vertices: piece.positions.length / FLOATS - piece.skirtVertices,
  indices: piece.indices.length - piece.skirtIndices,
});

/**
 * Joins patches of one surface to one mesh, one after the other: vertices whose position and normal agree bit for bit become
 * one. The normal keeps apart sheets that touch in a point; patches of neighbouring bricks compute both alike. Skirts are left
 * out.
 */
export class Welder {
  private readonly positions: Float32Array<ArrayBuffer>;
  private readonly normals: Float32Array<ArrayBuffer>;
  private readonly indices: Uint32Array<ArrayBuffer>;
  /** The bits of the above. */
  private readonly places: Uint32Array;
  private readonly directions: Uint32Array;
  /** A slot holds one more than the number of a distinct vertex; 0: free. */
  private readonly slots: Uint32Array;
  private vertexCount = 0;
  private indexCount = 0;

  /** For pieces that have so many vertices and indices together, at most. */
  constructor(vertices: number, indices: number) {
    this.positions = new Float32Array(vertices * FLOATS);
    this.normals = new Float32Array(vertices * FLOATS);
    this.indices = new Uint32Array(indices);
    this.places = new Uint32Array(this.positions.buffer);
    this.directions = new Uint32Array(this.normals.buffer);
    this.slots = new Uint32Array(2 ** Math.ceil(Math.log2(vertices * 2 + 1)));
  }

  add(piece: SurfacePiece): void {
    const size = sizeOfPiece(piece);
    const joined = new Uint32Array(size.vertices);
    for (let vertex = 0; vertex < size.vertices; vertex++)
      joined[vertex] = this.vertex(piece, vertex * FLOATS);
    for (let at = 0; at < size.indices; at++)
      this.indices[this.indexCount++] = joined[piece.indices[at] ?? 0] ?? 0;
  }

  mesh(): SurfaceMesh {
    const floats = this.vertexCount * FLOATS;
    return {
      positions: this.positions.slice(0, floats),
      normals: this.normals.slice(0, floats),
      indices: this.indices.slice(0, this.indexCount),
    };
  }

  /** The number of a vertex, a new one where there is none like it. */
  private vertex({ positions, normals }: SurfacePiece, from: number): number {
    const { places, directions, slots } = this;
    // As if it were new: so its bits can be compared.
    const at = this.vertexCount * FLOATS;
    for (let axis = 0; axis < FLOATS; axis++) {
      this.positions[at + axis] = positions[from + axis] ?? 0;
      this.normals[at + axis] = normals[from + axis] ?? 0;
    }
    let slot = hash(places, at) & (slots.length - 1);
    for (let found = slots[slot] ?? 0; found !== 0; found = slots[slot] ?? 0) {
      const other = (found - 1) * FLOATS;
      if (same(places, at, other) && same(directions, at, other)) return found - 1;
      slot = (slot + 1) & (slots.length - 1);
    }
    slots[slot] = ++this.vertexCount;
    return this.vertexCount - 1;
  }
}

/** One mesh of pieces, as `Welder` joins them. */
export function weld(pieces: readonly SurfacePiece[]): SurfaceMesh {
  const sizes = pieces.map(sizeOfPiece);
  const welder = new Welder(
    sizes.reduce((sum, { vertices }) => sum + vertices, 0),
    sizes.reduce((sum, { indices }) => sum + indices, 0),
  );
  for (const piece of pieces) welder.add(piece);
  return welder.mesh();
}

function hash(words: Uint32Array, at: number): number {
  let mixed = Math.imul(words[at] ?? 0, 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 15) ^ (words[at + 1] ?? 0), 0x85ebca77);
  mixed = Math.imul(mixed ^ (mixed >>> 13) ^ (words[at + 2] ?? 0), 0xc2b2ae3d);
  return mixed ^ (mixed >>> 16);
}

const same = (words: Uint32Array, a: number, b: number): boolean =>
  words[a] === words[b] && words[a + 1] === words[b + 1] && words[a + 2] === words[b + 2];
