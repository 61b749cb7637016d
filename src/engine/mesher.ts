import * as Comlink from 'comlink';
import type { GridGeometry, SurfaceMesh, SurfacePiece } from '../core/surface';
import type { Zyx } from '../core/vec';
import type { PaddedMask } from '../mesh/padded-mask';
import { installErrorTransfer } from './error-transfer';
import type { MeshApi } from './mesh.worker';
import { weldInParts } from './weld-in-parts';

/** Makes surfaces from masks; the engine has one in a worker, tests one in place. */
export interface Mesher {
  /** One brick's piece, with a skirt or without; takes the mask over. */
  extract(
    mask: PaddedMask,
    brickZyx: Zyx,
    geometry: GridGeometry,
    hasSkirt: boolean,
  ): Promise<SurfacePiece>;
  /** One mesh of pieces of one level that meet at their seams; rejects with the signal's reason once it fires. */
  weld(pieces: readonly SurfacePiece[], signal: AbortSignal): Promise<SurfaceMesh>;
}

/** A mesher in a worker of its own. */
export function createMeshWorker(): Mesher {
  installErrorTransfer();
  const worker = new Worker(new URL('./mesh.worker.ts', import.meta.url), {
    type: 'module',
    name: 'mesh',
  });
  const remote = Comlink.wrap<MeshApi>(worker);
  return {
    extract: (mask, brickZyx, geometry, hasSkirt) =>
      remote.extract(Comlink.transfer(mask, [mask.words.buffer]), brickZyx, geometry, hasSkirt),
    weld: (pieces, signal) => weldInParts(remote, pieces, signal),
  };
}
