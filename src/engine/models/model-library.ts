import { FloodlightError, isFloodlightError } from '../../core/errors';
import { bytesOf, describeModel, type ModelInfo } from '../../models/describe-model';
import { changedDetails, detailsOf, withEdits } from '../../models/details';
import { failuresOf, type ModelFile } from '../../models/model-files';
import { readModel, writeModel } from '../../models/read-model';
import type { FfnModel, ModelDetails } from '../../segment/ffn/model';
import { FolderModels, MemoryModels, type ModelStore } from './model-store';

/** A model that is kept, but cannot be read any more: it can only be removed. */
export interface DamagedModel {
  readonly id: string;
  /** A sentence for the user. */
  readonly problem: string;
}

/** What the library holds, by name. */
export interface ModelList {
  readonly models: readonly ModelInfo[];
  readonly damaged: readonly DamagedModel[];
  /** False where the browser keeps no files: then models are gone with the page. */
  readonly isKept: boolean;
}

/** Networks that the user has imported, as files of safetensors in the browser's own storage. */
export class ModelLibrary {
  private store: Promise<ModelStore> | undefined;
  private changing: Promise<unknown> = Promise.resolve();

  constructor(private readonly folder: () => Promise<FileSystemDirectoryHandle | undefined>) {}

  async list(): Promise<ModelList> {
    const store = await this.opened();
    const [models, damaged]: [ModelInfo[], DamagedModel[]] = [[], []];
    for (const id of await store.ids())
      try {
        models.push(await this.describe(store, id));
      } catch (error) {
        // Of one that was removed meanwhile there is nothing to say.
        if (isFloodlightError(error, 'UNKNOWN_MODEL')) continue;
        damaged.push({ id, problem: error instanceof Error ? error.message : String(error) });
      }
    const byName = (a: ModelInfo, b: ModelInfo) =>
      a.name.localeCompare(b.name) || a.id.localeCompare(b.id);
    return { models: models.sort(byName), damaged, isKept: store instanceof FolderModels };
  }

  /**
   * Reads a model of its files and keeps it; one of the same weights gives way, but for what the user had said of it and `details` do not say
   * otherwise. Rejects as `readModel` does, or with
   * QUOTA_EXCEEDED, PERMISSION_DENIED or SAVE_FAILED; the library is then as it was.
   */
  async import(files: readonly ModelFile[], details: Partial<ModelDetails>): Promise<ModelInfo> {
    const model = await readModel(files, details);
    return this.inTurn(async () => {
      const before = await this.describe(await this.opened(), model.id).catch(() => undefined);
      if (!before) return this.write(model);
      const { depth, features, layers, id } = model;
      const kept = withEdits(detailsOf(model), before, Object.keys(details));
      return this.write({ ...kept, depth, features, layers, id });
    });
  }

  /** The network itself, as it was imported. UNKNOWN_MODEL; BAD_MODEL where its file was damaged since. */
  async load(id: string): Promise<FfnModel> {
    const file = await this.file(await this.opened(), id);
    const name = fileNameOf(id);
    const { bad } = failuresOf(name);
    const model = await readModel([{ name, bytes: await bytesOf(file, bad) }]);
    if (model.id !== id) throw bad('its weights are not those that were kept');
    return model;
  }

  /** Changes what is said of a model. UNKNOWN_MODEL, BAD_PARAMETERS, or as `import` and `load` do. */
  async update(id: string, changes: Partial<ModelDetails>): Promise<ModelInfo> {
    return this.inTurn(async () => {
      const model = await this.load(id);
      const { depth, features, layers } = model;
      const details = changedDetails(detailsOf(model), changes);
      return this.write({ ...details, depth, features, layers, id });
    });
  }

  async remove(id: string): Promise<void> {
    return this.inTurn(async () => {
      const store = await this.opened();
      await this.file(store, id);
      await store.remove(id);
    });
  }

  /** A file of safetensors that `import` reads. UNKNOWN_MODEL, BAD_MODEL. */
  async export(id: string): Promise<Blob> {
    return new Blob([writeModel(await this.load(id))], { type: 'application/octet-stream' });
  }

  private async write(model: FfnModel): Promise<ModelInfo> {
    const store = await this.opened();
    await store.write(model.id, `the model ${model.name}`, writeModel(model));
    return this.describe(store, model.id);
  }

  /** One change at a time: they read, and write what they read. */
  private inTurn<T>(change: () => Promise<T>): Promise<T> {
    const changed = this.changing.then(change);
    this.changing = changed.catch(() => {});
    return changed;
  }

  private async describe(store: ModelStore, id: string): Promise<ModelInfo> {
    return describeModel(await this.file(store, id), id, fileNameOf(id));
  }

  private async file(store: ModelStore, id: string): Promise<Blob> {
    const file = await store.open(id);
    if (!file) throw new FloodlightError('UNKNOWN_MODEL', { id });
    return file;
  }

  private opened(): Promise<ModelStore> {
    this.store ??= this.folder().then((folder) =>
      folder ? new FolderModels(folder) : new MemoryModels(),
    );
    return this.store;
  }
}

const fileNameOf = (id: string): string => `${id}.safetensors`;
