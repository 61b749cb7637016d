import { FloodlightError } from '../core/errors';
import type {
  LabelDestination,
  SavedLabels,
  SaveLabelsOptions,
  SaveProgress,
} from '../engine/protocol';
import { type JobOptions, JobSlot } from './job-slot';
import { rememberLocalSource } from './local-sources';
import { type FileKind, pickNewFile, pickParentFolder, saveFile } from './save-file';
import { engineOptions, type SaveTarget } from './save-options';
import type { Session } from './session';
import type { AppState } from './store';

export type SaveRunOptions = SaveLabelsOptions & JobOptions<SaveProgress>;

/** What saving needs of the session. */
type Around = Pick<Session, 'engine' | 'nextJob' | 'store' | 'layers' | 'inform' | 'report'>;

interface Permission {
  requestPermission?(mode: { mode: 'readwrite' }): Promise<PermissionState>;
}

const ZIP = 'application/zip';

/** Asks the user for what a handle may not do yet; PERMISSION_DENIED where that is refused. */
async function allowWriting(destination: LabelDestination | undefined): Promise<void> {
  if (typeof destination !== 'object') return;
  const state = await (destination as Permission).requestPermission?.({ mode: 'readwrite' });
  if (state !== undefined && state !== 'granted')
    throw new FloodlightError('PERMISSION_DENIED', { url: destination.name, access: 'write' });
}

/** Saves labels for the session: one at a time, where the user wants them, with progress in the store. */
export class LabelSaving {
  private readonly slot: JobSlot<SaveProgress>;

  constructor(private readonly around: Around) {
    this.slot = new JobSlot(around, {
      get: () => this.state.saving,
      set: (saving) => around.store.setState({ saving }),
    });
  }

  private get state(): AppState {
    return this.around.store.getState();
  }

  /** Saves as it is told, and says nothing. What lies on a disk then counts as saved. */
  async save({ signal, onProgress, ...options }: SaveRunOptions = {}): Promise<SavedLabels> {
    await allowWriting(options.destination);
    return this.slot.run(
      {},
      async (job) => {
        const { segments } = this.state;
        const saved = await this.around.engine.saveLabels(job, options);
        if (saved instanceof Blob) return saved;
        this.markSaved(segments);
        await this.reopen(saved);
        return saved;
      },
      { signal, onProgress },
    );
  }

  /**
   * Saves to a target with the user's options, asking where; `again` is where this segmentation was saved last, else the options'
   * target. Says so, or what failed; resolves with whether they are saved.
   */
  async saveTo(target: SaveTarget | 'again'): Promise<boolean> {
    try {
      this.around.inform(await this.savedTo(target), 'save');
      return true;
    } catch (error) {
      this.around.report(error, 'save');
      return false;
    }
  }

  cancel(): void {
    this.slot.cancel();
  }

  receive(job: number, progress: SaveProgress): void {
    this.slot.receive(job, progress);
  }

  /** Saves to a target, and resolves with a sentence that says where; rejects with an AbortError when called off. */
  private async savedTo(target: SaveTarget | 'again'): Promise<string> {
    const { state } = this;
    const { lastSave, saveOptions } = state;
    if (target === 'again')
      return lastSave ? this.saveIn(lastSave.destination) : this.savedTo(saveOptions.target);
    if (target === 'browser') return this.saveIn('browser');
    const kind = { fileName: `${engineOptions(state).name}.zarr.zip`, mimeType: ZIP };
    const picked = target === 'zip' ? await pickNewFile(kind) : await pickParentFolder();
    if (picked) return this.saveIn(picked);
    if (target === 'folder')
      throw new FloodlightError('UNSUPPORTED_BROWSER', { feature: 'folders to save to' });
    return this.download(kind);
  }

  private async saveIn(destination: LabelDestination): Promise<string> {
    const saved = await this.save({ ...engineOptions(this.state), destination });
    if (saved instanceof Blob) return 'Labels saved.';
    this.around.store.setState({ lastSave: { destination, saved } });
    await rememberLocalSource(saved);
    const where =
      typeof destination === 'string'
        ? ' in the browser’s own storage'
        : destination.kind === 'directory'
          ? ` in ${destination.name}`
          : '';
    return `Labels saved as ${saved.name}${where}.`;
  }

  /** For browsers without a picker, which download to the user's folder. */
  private async download(kind: FileKind): Promise<string> {
    const { state } = this;
    await saveFile(kind, async () => {
      const saved = await this.save(engineOptions(state));
      if (saved instanceof Blob) return saved;
      throw new FloodlightError('INTERNAL', { reason: 'a zip was saved as something else' });
    });
    this.markSaved(state.segments);
    return `Labels downloaded as ${kind.fileName}.`;
  }

  /** Layers that show what was there before show what was saved now. */
  private async reopen(saved: Exclude<SavedLabels, Blob>): Promise<void> {
    const { layers } = this.around;
    await layers.readAgain(saved).catch((error) => this.around.report(error, 'layer'));
  }

  /** Says that these segments lie in the user's hands; they may have changed since. The engine opens no other volume meanwhile. */
  private markSaved(segments: AppState['segments']): void {
    const unsaved = this.state.segments !== segments;
    this.around.store.setState({ savedAt: Date.now(), unsaved });
  }
}
