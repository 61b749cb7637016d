import type { Coder } from '../codecs/coder';
import { abortError } from '../core/errors';
import type { VolumeInfo } from '../volume/model';
import type { SavedLabels, SaveLabelsOptions, SaveProgress } from './protocol';
import { listSaved, removeSaved, requireSavedFolder, saveLabels } from './saving';
import type { Segmentation } from './segmentation';

interface RunningSave {
  readonly abort: AbortController;
  readonly ended: Promise<unknown>;
}

/** What saves get from the engine. */
export interface SavesSurroundings {
  readonly encode: Coder['encode'];
  savedFolder(): Promise<FileSystemDirectoryHandle | undefined>;
  onProgress(job: number, progress: SaveProgress): void;
}

/** Saves that run, and what the browser keeps of earlier ones. */
export class LabelSaves {
  private readonly running = new Map<number, RunningSave>();

  constructor(private readonly around: SavesSurroundings) {}

  /** Saves a segmentation as it is now; `job` names the save for `cancel`. */
  save(
    job: number,
    volume: VolumeInfo,
    segmentation: Segmentation,
    options: SaveLabelsOptions,
  ): Promise<SavedLabels> {
    const abort = new AbortController();
    const { encode, savedFolder } = this.around;
    const saved = saveLabels(volume, segmentation, options, {
      ...{ encode, savedFolder, signal: abort.signal },
      onProgress: (progress) => this.around.onProgress(job, progress),
    }).finally(() => this.running.delete(job));
    this.running.set(job, { abort, ended: saved.catch(() => {}) });
    return saved;
  }

  cancel(job: number): void {
    this.running.get(job)?.abort.abort(abortError());
  }

  cancelAll(): void {
    for (const { abort } of this.running.values()) abort.abort(abortError());
  }

  /** Resolves when none runs. */
  async ended(): Promise<void> {
    while (this.running.size > 0)
      await Promise.all([...this.running.values()].map(({ ended }) => ended));
  }

  async list(): Promise<readonly FileSystemDirectoryHandle[]> {
    const folder = await this.around.savedFolder();
    return folder ? listSaved(folder) : [];
  }

  async remove(folderName: string): Promise<void> {
    await removeSaved(await requireSavedFolder(this.around.savedFolder), folderName);
  }
}
