import * as Comlink from 'comlink';
import type { GridGeometry, SurfaceMesh, SurfacePiece } from '../core/surface';
import type { Zyx } from '../core/vec';
import type { PaddedMask } from '../mesh/padded-mask';
import { installErrorTransfer } from './error-transfer';
import type { MeshApi } from './mesh.worker';
import { weldInParts } from './weld-in-parts';

/** Makes surfaces from masks; the engine has one in workers, tests one in place. */
export interface Mesher {
  /** Pieces that it makes at the same time. */
  readonly workers: number;
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

type RemoteMesh = Comlink.Remote<MeshApi>;

interface Member {
  readonly remote: RemoteMesh;
  /** Pieces that it has and has not made. */
  underWay: number;
}

/** Makes pieces in up to `workers` workers, the second and further ones started when all others have something to do. */
export class MeshWorkers implements Mesher {
  private readonly members: Member[];

  constructor(
    readonly workers: number,
    private readonly startWorker: () => RemoteMesh = startMeshWorker,
  ) {
    this.members = [{ remote: startWorker(), underWay: 0 }];
  }

  async extract(...[mask, ...rest]: Parameters<Mesher['extract']>): Promise<SurfacePiece> {
    const member = this.idlest();
    member.underWay++;
    try {
      return await member.remote.extract(Comlink.transfer(mask, [mask.words.buffer]), ...rest);
    } finally {
      member.underWay--;
    }
  }

  weld(pieces: readonly SurfacePiece[], signal: AbortSignal): Promise<SurfaceMesh> {
    return weldInParts(this.idlest().remote, pieces, signal);
  }

  private idlest(): Member {
    const idlest = this.members.reduce((a, b) => (b.underWay < a.underWay ? b : a));
    if (idlest.underWay === 0 || this.members.length === this.workers) return idlest;
    const member = { remote: this.startWorker(), underWay: 0 };
    this.members.push(member);
    return member;
  }
}

function startMeshWorker(): RemoteMesh {
  installErrorTransfer();
  const url = new URL('./mesh.worker.ts', import.meta.url);
  return Comlink.wrap<MeshApi>(new Worker(url, { type: 'module', name: 'mesh' }));
}
