import type { Coder } from '../codecs/coder';
import type { VolumeInfo } from '../volume/model';
import type { SavedLabels, SaveLabelsOptions, SaveProgress } from './protocol';
import { RunningJobs } from './running-jobs';
import { listSaved, removeSaved, requireSavedFolder, saveLabels } from './saving';
import type { Segmentation } from './segmentation';

/** What saves get from the engine. */
export interface SavesSurroundings {
  readonly encode: Coder['encode'];
  savedFolder(): Promise<FileSystemDirectoryHandle | undefined>;
  onProgress(job: number, progress: SaveProgress): void;
}

/** Saves that run, and what the browser keeps of earlier ones. */
export class LabelSaves extends RunningJobs {
  constructor(private readonly around: SavesSurroundings) {
    super();
  }

  /** Saves a segmentation as it is now; `job` names the save for `cancel`. */
  save(
    job: number,
    volume: VolumeInfo,
    segmentation: Segmentation,
    options: SaveLabelsOptions,
  ): Promise<SavedLabels> {
    const { encode, savedFolder } = this.around;
    return this.run(job, (signal) =>
      saveLabels(volume, segmentation, options, {
        ...{ encode, savedFolder, signal },
        onProgress: (progress) => this.around.onProgress(job, progress),
      }),
    );
  }

  async list(): Promise<readonly FileSystemDirectoryHandle[]> {
    const folder = await this.around.savedFolder();
    return folder ? listSaved(folder) : [];
  }

  async remove(folderName: string): Promise<void> {
    await removeSaved(await requireSavedFolder(this.around.savedFolder), folderName);
  }
}
