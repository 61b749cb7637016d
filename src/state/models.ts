import { abortError } from '../core/errors';
import { fileNameOf } from '../core/file-name';
import type { ImportProgress, ModelDetails, ModelInfo, ModelSource } from '../engine/protocol';
import type { ModelsState } from './models-state';
import { saveFile } from './save-file';
import type { Session } from './session';

export interface ImportOptions extends Partial<ModelDetails> {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ImportProgress) => void;
}

/** What managing networks needs of the session. */
type Around = Pick<Session, 'engine' | 'store' | 'report' | 'dismissNotice'>;

/** The key of notices about networks: the dialog shows them while it is open. */
const NOTICE = 'model';

const absolute = (source: ModelSource): ModelSource =>
  typeof source === 'string' ? new URL(source, document.baseURI).href : source;

/** The networks that are kept, for the session: those in the store are as they were last listed. */
export class Models {
  private readonly listeners = new Map<number, (progress: ImportProgress) => void>();

  constructor(
    private readonly around: Around,
    private readonly nextJob: () => number,
  ) {}

  private get state(): ModelsState {
    return this.around.store.getState().models;
  }

  private set(changes: Partial<ModelsState>): void {
    this.around.store.setState({ models: { ...this.state, ...changes } });
  }

  /** Lists what is kept anew: another tab may have changed it. */
  async refresh(): Promise<void> {
    try {
      this.set({ list: await this.around.engine.models() });
    } catch (error) {
      this.around.report(error, NOTICE);
    }
  }

  setOpen(isOpen: boolean): void {
    this.set({ isOpen });
    if (isOpen) void this.refresh();
    // What failed was said in the dialog.
    else this.around.dismissNotice(NOTICE);
  }

  /** Shows the details of one network, or of none. */
  show(shownId: string | null): void {
    this.set({ shownId });
  }

  /** Imports a network of its files, or of an address relative to the page, and says nothing. */
  async import(
    sources: readonly ModelSource[],
    { signal, onProgress, ...details }: ImportOptions = {},
  ): Promise<ModelInfo> {
    const { engine } = this.around;
    if (signal?.aborted) throw abortError();
    const job = this.nextJob();
    const abort = () => engine.cancel(job);
    signal?.addEventListener('abort', abort, { once: true });
    if (onProgress) this.listeners.set(job, onProgress);
    this.set({ importing: { job, bytes: 0 } });
    try {
      const model = await engine.importModel(job, sources.map(absolute), details);
      await this.refresh();
      return model;
    } finally {
      signal?.removeEventListener('abort', abort);
      this.listeners.delete(job);
      if (this.state.importing?.job === job) this.set({ importing: null });
    }
  }

  /**
   * Imports in the dialog, which shows how far it is, what fails, and at the end the network's details. Resolves with whether it is there.
   */
  async importShown(sources: readonly ModelSource[]): Promise<boolean> {
    this.setOpen(true);
    this.around.dismissNotice(NOTICE);
    try {
      const { id } = await this.import(sources);
      this.show(id);
      return true;
    } catch (error) {
      this.around.report(error, NOTICE);
      return false;
    }
  }

  /** The same of files at hand. */
  importFiles(files: readonly File[]): Promise<boolean> {
    return this.importShown(files.map((file) => ({ name: file.name, bytes: file })));
  }

  cancelImport(): void {
    const { importing } = this.state;
    if (importing) this.around.engine.cancel(importing.job);
  }

  receive(job: number, progress: ImportProgress): void {
    this.listeners.get(job)?.(progress);
    if (this.state.importing?.job === job) this.set({ importing: { job, ...progress } });
  }

  /** Changes what is said of a network. */
  async update(id: string, changes: Partial<ModelDetails>): Promise<ModelInfo> {
    const model = await this.around.engine.updateModel(id, changes);
    await this.refresh();
    return model;
  }

  async remove(id: string): Promise<void> {
    await this.around.engine.removeModel(id);
    if (this.state.shownId === id) this.show(null);
    await this.refresh();
  }

  /** Does what the dialog asks for; what fails is shown there. */
  async shown(work: Promise<unknown>): Promise<void> {
    this.around.dismissNotice(NOTICE);
    await work.catch((error: unknown) => this.around.report(error, NOTICE));
  }

  /** Asks for a file and writes a network to it. Rejects with an AbortError when called off. */
  async saveToFile({ id, name }: ModelInfo): Promise<void> {
    const fileName = `${fileNameOf(name, 'model')}.safetensors`;
    await saveFile({ fileName, mimeType: 'application/octet-stream' }, () =>
      this.around.engine.exportModel(id),
    );
  }
}
