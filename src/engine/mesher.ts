import * as Comlink from 'comlink';
import { FloodlightError } from '../core/errors';
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

/** A worker as `MeshWorkers` uses it. */
export interface MeshWorker {
  readonly remote: Comlink.Remote<MeshApi>;
  /** Has `tell` called when it breaks down: then it answers no more. */
  onBreakdown(tell: (reason: string) => void): void;
  terminate(): void;
}

interface Member {
  readonly worker: MeshWorker;
  /** Of what it was asked and has not answered: how to say that it never will. */
  readonly asked: Set<(error: unknown) => void>;
}

/**
 * Makes pieces in up to `workers` workers, the second and further ones started when all others have something to do. What one has in
 * work when it breaks down rejects with INTERNAL, and another takes its place.
 */
export class MeshWorkers implements Mesher {
  private members: readonly Member[] = [];

  constructor(
    readonly workers: number,
    private readonly startWorker: () => MeshWorker = startMeshWorker,
  ) {
    this.start();
  }

  extract(...[mask, ...rest]: Parameters<Mesher['extract']>): Promise<SurfacePiece> {
    return this.ask(({ extract }) => extract(Comlink.transfer(mask, [mask.words.buffer]), ...rest));
  }

  weld(pieces: readonly SurfacePiece[], signal: AbortSignal): Promise<SurfaceMesh> {
    return this.ask((remote) => weldInParts(remote, pieces, signal));
  }

  private ask<T>(question: (remote: Comlink.Remote<MeshApi>) => Promise<T>): Promise<T> {
    const { worker, asked } = this.idlest();
    return new Promise<T>((resolve, reject) => {
      asked.add(reject);
      question(worker.remote)
        .finally(() => asked.delete(reject))
        .then(resolve, reject);
    });
  }

  private idlest(): Member {
    const [idlest] = this.members.toSorted((a, b) => a.asked.size - b.asked.size);
    const isEnough = idlest?.asked.size === 0 || this.members.length === this.workers;
    return idlest && isEnough ? idlest : this.start();
  }

  private start(): Member {
    const member: Member = { worker: this.startWorker(), asked: new Set() };
    this.members = [...this.members, member];
    member.worker.onBreakdown((reason) => {
      this.members = this.members.filter((other) => other !== member);
      member.worker.terminate();
      const error = new FloodlightError('INTERNAL', { reason: `a mesh worker: ${reason}` });
      for (const reject of member.asked) reject(error);
    });
    return member;
  }
}

function startMeshWorker(): MeshWorker {
  installErrorTransfer();
  // The bundler knows a worker by this very form.
  const worker = new Worker(new URL('./mesh.worker.ts', import.meta.url), {
    type: 'module',
    name: 'mesh',
  });
  return {
    remote: Comlink.wrap<MeshApi>(worker),
    onBreakdown(tell) {
      worker.addEventListener('error', ({ message }) => tell(message || 'it did not start'));
    },
    terminate: () => worker.terminate(),
  };
}
