import { abortError, FloodlightError } from '../core/errors';
import type { EngineClient } from '../engine/client';
import type {
  LabelDestination,
  SavedLabels,
  SaveLabelsOptions,
  SaveProgress,
} from '../engine/protocol';
import { rememberLocalSource } from './local-sources';
import { type FileKind, pickNewFile, pickParentFolder, saveFile } from './save-file';
import { engineOptions, type SaveTarget } from './save-options';
import type { AppState, AppStore } from './store';

export interface SaveRunOptions extends SaveLabelsOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SaveProgress) => void;
}

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
  private readonly listeners = new Map<number, (progress: SaveProgress) => void>();

  constructor(
    private readonly engine: EngineClient,
    private readonly store: AppStore,
    private readonly newJob: () => number,
    /** Once labels lie on a disk. */
    private readonly onSaved: (saved: Exclude<SavedLabels, Blob>) => Promise<void>,
  ) {}

  /** Saves as it is told, and says nothing. What lies on a disk then counts as saved. */
  async save({ signal, onProgress, ...options }: SaveRunOptions = {}): Promise<SavedLabels> {
    await allowWriting(options.destination);
    if (signal?.aborted) throw abortError();
    const job = this.newJob();
    const abort = () => this.engine.cancel(job);
    signal?.addEventListener('abort', abort, { once: true });
    if (onProgress) this.listeners.set(job, onProgress);
    const { segments } = this.store.getState();
    this.store.setState({ saving: { job, progress: null } });
    try {
      const saved = await this.engine.saveLabels(job, options);
      if (saved instanceof Blob) return saved;
      this.markSaved(segments);
      await this.onSaved(saved);
      return saved;
    } finally {
      signal?.removeEventListener('abort', abort);
      this.listeners.delete(job);
      if (this.store.getState().saving?.job === job) this.store.setState({ saving: null });
    }
  }

  /**
   * Saves to a target with the user's options, asking where; `again` is where this segmentation was saved last, else the options'
   * target. Resolves with a sentence that says where; rejects with an AbortError when called off.
   */
  async saveTo(target: SaveTarget | 'again'): Promise<string> {
    const state = this.store.getState();
    const { lastSave, saveOptions } = state;
    if (target === 'again')
      return lastSave ? this.saveIn(lastSave.destination) : this.saveTo(saveOptions.target);
    if (target === 'browser') return this.saveIn('browser');
    const kind = { fileName: `${engineOptions(state).name}.zarr.zip`, mimeType: ZIP };
    const picked = target === 'zip' ? await pickNewFile(kind) : await pickParentFolder();
    if (picked) return this.saveIn(picked);
    if (target === 'folder')
      throw new FloodlightError('UNSUPPORTED_BROWSER', { feature: 'folders to save to' });
    return this.download(kind);
  }

  cancel(): void {
    const { saving } = this.store.getState();
    if (saving) this.engine.cancel(saving.job);
  }

  receive(job: number, progress: SaveProgress): void {
    this.listeners.get(job)?.(progress);
    if (this.store.getState().saving?.job === job)
      this.store.setState({ saving: { job, progress } });
  }

  private async saveIn(destination: LabelDestination): Promise<string> {
    const state = this.store.getState();
    const saved = await this.save({ ...engineOptions(state), destination });
    if (saved instanceof Blob) return 'Labels saved.';
    this.store.setState({ lastSave: { destination, saved } });
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
    const state = this.store.getState();
    await saveFile(kind, async () => {
      const saved = await this.save(engineOptions(state));
      if (saved instanceof Blob) return saved;
      throw new FloodlightError('INTERNAL', { reason: 'a zip was saved as something else' });
    });
    this.markSaved(state.segments);
    return `Labels downloaded as ${kind.fileName}.`;
  }

  /** Says that these segments lie in the user's hands; they may have changed since. The engine opens no other volume meanwhile. */
  private markSaved(segments: AppState['segments']): void {
    const unsaved = this.store.getState().segments !== segments;
    this.store.setState({ savedAt: Date.now(), unsaved });
  }
}
