import * as Comlink from 'comlink';
import type { GridGeometry, SurfaceMesh } from '../core/surface';
import type { Zyx } from '../core/vec';
import type { PaddedMask } from '../mesh/padded-mask';
import { installErrorTransfer } from './error-transfer';
import type { MeshApi } from './mesh.worker';

/** Makes surfaces from masks; the engine has one in a worker, tests one in place. */
export interface Mesher {
  /** One brick's patch; takes the mask over. */
  extract(mask: PaddedMask, brickZyx: Zyx, geometry: GridGeometry): Promise<SurfaceMesh>;
  /** One mesh of patches that meet at their seams. */
  weld(patches: readonly SurfaceMesh[]): Promise<SurfaceMesh>;
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
    extract: (mask, brickZyx, geometry) =>
      remote.extract(Comlink.transfer(mask, [mask.words.buffer]), brickZyx, geometry),
    weld: (patches) => remote.weld(patches),
  };
}
