import type { SurfaceMesh, SurfacePiece } from '../core/surface';

const FLOATS = 3;

/**
 * Joins patches of one surface to one mesh: vertices whose position and normal agree bit for bit become one. The normal keeps
 * apart sheets that touch in a point; patches of neighbouring bricks compute both alike. Skirts are left out.
 */
export function weld(pieces: readonly SurfacePiece[]): SurfaceMesh {
  const patches = pieces.map(withoutSkirt);
  const positions = concatenate(patches.map((patch) => patch.positions));
  const normals = concatenate(patches.map((patch) => patch.normals));
  const { representative, count } = mergeEqual(positions, normals);
  return {
    positions: positions.slice(0, count * FLOATS),
    normals: normals.slice(0, count * FLOATS),
    indices: joinIndices(patches, representative),
  };
}

const withoutSkirt = (piece: SurfacePiece): SurfaceMesh => {
  const { positions, normals, indices, skirtVertices, skirtIndices } = piece;
  const end = positions.length - skirtVertices * FLOATS;
  return {
    positions: positions.subarray(0, end),
    normals: normals.subarray(0, end),
    indices: indices.subarray(0, indices.length - skirtIndices),
  };
};

function concatenate(parts: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function joinIndices(
  patches: readonly SurfaceMesh[],
  representative: Uint32Array,
): Uint32Array<ArrayBuffer> {
  const indices = new Uint32Array(patches.reduce((sum, patch) => sum + patch.indices.length, 0));
  let firstVertex = 0;
  let at = 0;
  for (const patch of patches) {
    for (const index of patch.indices) indices[at++] = representative[firstVertex + index] ?? 0;
    firstVertex += patch.positions.length / FLOATS;
  }
  return indices;
}

/** Moves the distinct vertices to the front, in order, and says for each vertex where it is now. */
function mergeEqual(
  positions: Float32Array<ArrayBuffer>,
  normals: Float32Array<ArrayBuffer>,
): { representative: Uint32Array; count: number } {
  const vertices = positions.length / FLOATS;
  const places = new Uint32Array(positions.buffer);
  const directions = new Uint32Array(normals.buffer);
  const slots = new Uint32Array(2 ** Math.ceil(Math.log2(vertices * 2 + 1)));
  const representative = new Uint32Array(vertices);
  let count = 0;
  for (let vertex = 0; vertex < vertices; vertex++) {
    const at = vertex * FLOATS;
    let slot = hash(places, at) & (slots.length - 1);
    let found = slots[slot] ?? 0;
    // A slot holds one more than the number of a distinct vertex; 0: free.
    while (found !== 0) {
      const other = (found - 1) * FLOATS;
      if (same(places, at, other) && same(directions, at, other)) break;
      slot = (slot + 1) & (slots.length - 1);
      found = slots[slot] ?? 0;
    }
    if (found === 0) {
      places.copyWithin(count * FLOATS, at, at + FLOATS);
      directions.copyWithin(count * FLOATS, at, at + FLOATS);
      slots[slot] = ++count;
      found = count;
    }
    representative[vertex] = found - 1;
  }
  return { representative, count };
}

function hash(words: Uint32Array, at: number): number {
  let mixed = Math.imul(words[at] ?? 0, 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 15) ^ (words[at + 1] ?? 0), 0x85ebca77);
  mixed = Math.imul(mixed ^ (mixed >>> 13) ^ (words[at + 2] ?? 0), 0xc2b2ae3d);
  return mixed ^ (mixed >>> 16);
}

const same = (words: Uint32Array, a: number, b: number): boolean =>
  words[a] === words[b] && words[a + 1] === words[b + 1] && words[a + 2] === words[b + 2];
