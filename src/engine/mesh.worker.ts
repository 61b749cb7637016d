import * as Comlink from 'comlink';
import type { GridGeometry, SurfaceMesh, SurfacePiece } from '../core/surface';
import type { Zyx } from '../core/vec';
import { extractPatch } from '../mesh/extract-patch';
import type { PaddedMask } from '../mesh/padded-mask';
import { installErrorTransfer } from './error-transfer';
import { Welds } from './weld-in-parts';

const transferred = <M extends SurfaceMesh>(mesh: M): M =>
  Comlink.transfer(mesh, [mesh.positions.buffer, mesh.normals.buffer, mesh.indices.buffer]);

const welds = new Welds();

/** Surface extraction, off the engine's own thread. */
const meshApi = {
  extract: (
    mask: PaddedMask,
    brickZyx: Zyx,
    geometry: GridGeometry,
    hasSkirt: boolean,
  ): SurfacePiece => transferred(extractPatch(mask, brickZyx, geometry, hasSkirt)),
  beginWeld: (vertices: number, indices: number): number => welds.beginWeld(vertices, indices),
  addToWeld: (weld: number, pieces: readonly SurfacePiece[]): void => welds.addToWeld(weld, pieces),
  endWeld: (weld: number): SurfaceMesh => transferred(welds.endWeld(weld)),
  dropWeld: (weld: number): void => welds.dropWeld(weld),
};

export type MeshApi = typeof meshApi;

installErrorTransfer();
Comlink.expose(meshApi);
