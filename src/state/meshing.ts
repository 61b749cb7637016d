import type { MeshProgress, SegmentMesh } from '../engine/protocol';
import { formatNumber } from './format-number';
import { type JobOptions, JobSlot } from './job-slot';
import type { Session } from './session';

/** What making surfaces needs of the session. */
type Around = Pick<Session, 'engine' | 'nextJob' | 'store' | 'inform'>;

/** Makes whole surfaces for the session, with the progress of the last one in the store. */
export class Meshing {
  private readonly slot: JobSlot<MeshProgress>;

  constructor(private readonly around: Around) {
    const { store } = around;
    this.slot = new JobSlot(around, {
      get: () => store.getState().meshing,
      set: (meshing) => store.setState({ meshing }),
    });
  }

  /** Rejects as the engine does, or with an AbortError once the signal fires. */
  mesh(id: number, options?: JobOptions<MeshProgress>): Promise<SegmentMesh> {
    return this.slot.run({}, (job) => this.around.engine.mesh(job, id), options);
  }

  /** The same as a file; says so where it had to be coarser than the voxels. */
  async save(id: number, options?: JobOptions<MeshProgress>): Promise<Blob> {
    const { file, level, voxelSizeNm } = await this.slot.run(
      {},
      (job) => this.around.engine.saveMesh(job, id, 'glb'),
      options,
    );
    if (level > 0)
      this.around.inform(
        `The surface of segment ${id} is too large to be saved at full resolution: the file has it as of voxels of ${voxelSizeNm.map(formatNumber).join(' × ')} nm (z, y, x), ${2 ** level} times as coarse.`,
        'coarse surface',
      );
    return file;
  }

  cancel(): void {
    this.slot.cancel();
  }

  receive(job: number, progress: MeshProgress): void {
    this.slot.receive(job, progress);
  }
}
