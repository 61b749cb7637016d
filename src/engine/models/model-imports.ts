import { bytesOf, type ModelInfo } from '../../models/describe-model';
import { failuresOf, type ModelFile } from '../../models/model-files';
import type { ModelDetails } from '../../segment/ffn/model';
import { RunningJobs } from '../running-jobs';
import {
  type FetchSurroundings,
  fetchModelFiles,
  type ImportProgress,
  SizeLimit,
} from './fetch-files';
import type { ModelLibrary } from './model-library';

/** A file of a model at hand, or an address: of one of safetensors, or of a checkpoint. */
export type ModelSource = string | { readonly name: string; readonly bytes: Uint8Array | Blob };

/** Imports that run. */
export class ModelImports extends RunningJobs {
  constructor(
    private readonly library: ModelLibrary,
    private readonly around: FetchSurroundings,
    private readonly onProgress: (job: number, progress: ImportProgress) => void,
  ) {
    super();
  }

  /** Reads or fetches the files of one model and keeps it; `job` names the import for `cancel`. */
  import(
    job: number,
    sources: readonly ModelSource[],
    details: Partial<ModelDetails>,
  ): Promise<ModelInfo> {
    const onProgress = (progress: ImportProgress) => this.onProgress(job, progress);
    return this.run(job, async (signal) => {
      const files = await this.filesOf(sources, onProgress, signal);
      signal.throwIfAborted();
      return this.library.import(files, details);
    });
  }

  private async filesOf(
    sources: readonly ModelSource[],
    onProgress: (progress: ImportProgress) => void,
    signal: AbortSignal,
  ): Promise<ModelFile[]> {
    const limit = new SizeLimit(onProgress);
    const files: ModelFile[] = [];
    for (const source of sources) {
      if (typeof source === 'string') {
        files.push(...(await fetchModelFiles(source, limit, this.around, signal)));
        continue;
      }
      const { name, bytes } = source;
      limit.take(bytes instanceof Blob ? bytes.size : bytes.length);
      const read = bytes instanceof Blob ? await bytesOf(bytes, failuresOf(name).bad) : bytes;
      files.push({ name, bytes: read });
    }
    return files;
  }
}
