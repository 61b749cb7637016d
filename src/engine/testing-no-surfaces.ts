import type { Mesher } from './mesher';

const EMPTY = {
  positions: new Float32Array(),
  normals: new Float32Array(),
  indices: new Uint32Array(),
  skirtVertices: 0,
  skirtIndices: 0,
};

/** Makes nothing of any mask: for fills whose surfaces would take longer than they do. */
export const noSurfaces: Mesher = {
  workers: 1,
  extract: async () => EMPTY,
  weld: async () => EMPTY,
};
