import { fileNameOf } from '../core/file-name';
import type { ImportProgress, ModelDetails, ModelInfo, ModelSource } from '../engine/protocol';
import { absoluteAddress } from './absolute-address';
import { type JobOptions, JobSlot } from './job-slot';
import type { ModelsState } from './models-state';
import { saveFile } from './save-file';
import type { Session } from './session';

export type ImportOptions = Partial<ModelDetails> & JobOptions<ImportProgress>;

/** What managing networks needs of the session. */
type Around = Pick<Session, 'engine' | 'nextJob' | 'store' | 'report' | 'dismissNotice'>;

/** The key of notices about networks: the dialog shows them while it is open. */
const NOTICE = 'model';

const absolute = (source: ModelSource): ModelSource =>
  typeof source === 'string' ? absoluteAddress(source) : source;

/** The networks that are kept, for the session: those in the store are as they were last listed. */
export class Models {
  private readonly slot: JobSlot<ImportProgress>;

  constructor(private readonly around: Around) {
    this.slot = new JobSlot(around, {
      get: () => {
        const { importing } = this.state;
        return importing && { job: importing.job, progress: { bytes: importing.bytes } };
      },
      set: (shown) =>
        this.set({ importing: shown && { job: shown.job, bytes: shown.progress?.bytes ?? 0 } }),
    });
  }

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
    return this.slot.run(
      {},
      async (job) => {
        const model = await this.around.engine.importModel(job, sources.map(absolute), details);
        await this.refresh();
        return model;
      },
      { signal, onProgress },
    );
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
    this.slot.cancel();
  }

  receive(job: number, progress: ImportProgress): void {
    this.slot.receive(job, progress);
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
