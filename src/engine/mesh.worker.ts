import * as Comlink from 'comlink';
import type { GridGeometry, SurfaceMesh, SurfacePiece } from '../core/surface';
import type { Zyx } from '../core/vec';
import { extractPatch } from '../mesh/extract-patch';
import type { PaddedMask } from '../mesh/padded-mask';
import { weld } from '../mesh/weld';
import { installErrorTransfer } from './error-transfer';

const transferred = <M extends SurfaceMesh>(mesh: M): M =>
  Comlink.transfer(mesh, [mesh.positions.buffer, mesh.normals.buffer, mesh.indices.buffer]);

/** Surface extraction, off the engine's own thread. */
const meshApi = {
  extract: (
    mask: PaddedMask,
    brickZyx: Zyx,
    geometry: GridGeometry,
    hasSkirt: boolean,
  ): SurfacePiece => transferred(extractPatch(mask, brickZyx, geometry, hasSkirt)),
  weld: (pieces: readonly SurfacePiece[]): SurfaceMesh => transferred(weld(pieces)),
};

export type MeshApi = typeof meshApi;

installErrorTransfer();
Comlink.expose(meshApi);
