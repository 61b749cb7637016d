import { abortError } from '../core/errors';
import type { EngineClient } from '../engine/client';
import type { MeshProgress, SavedMesh, SegmentMesh } from '../engine/protocol';
import type { AppStore } from './store';

export interface MeshRunOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: MeshProgress) => void;
}

/** Makes whole surfaces for the session, with the progress of the last one in the store. */
export class Meshing {
  private readonly listeners = new Map<number, (progress: MeshProgress) => void>();

  constructor(
    private readonly engine: EngineClient,
    private readonly store: AppStore,
    private readonly newJob: () => number,
  ) {}

  /** Rejects as the engine does, or with an AbortError once the signal fires. */
  mesh(id: number, options?: MeshRunOptions): Promise<SegmentMesh> {
    return this.run((job) => this.engine.mesh(job, id), options);
  }

  /** The same as a file. */
  file(id: number, options?: MeshRunOptions): Promise<SavedMesh> {
    return this.run((job) => this.engine.saveMesh(job, id, 'glb'), options);
  }

  cancel(): void {
    const { meshing } = this.store.getState();
    if (meshing) this.engine.cancel(meshing.job);
  }

  receive(job: number, progress: MeshProgress): void {
    this.listeners.get(job)?.(progress);
    if (this.store.getState().meshing?.job === job)
      this.store.setState({ meshing: { job, progress } });
  }

  private async run<Made>(
    make: (job: number) => Promise<Made>,
    { signal, onProgress }: MeshRunOptions = {},
  ): Promise<Made> {
    if (signal?.aborted) throw abortError();
    const job = this.newJob();
    const abort = () => this.engine.cancel(job);
    signal?.addEventListener('abort', abort, { once: true });
    if (onProgress) this.listeners.set(job, onProgress);
    this.store.setState({ meshing: { job, progress: null } });
    try {
      return await make(job);
    } finally {
      signal?.removeEventListener('abort', abort);
      this.listeners.delete(job);
      if (this.store.getState().meshing?.job === job) this.store.setState({ meshing: null });
    }
  }
}
