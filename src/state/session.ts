import { FloodlightError, fromRecord, isAbort } from '../core/errors';
import { maximum, minimum, type Zyx } from '../core/vec';
import type { EngineClient } from '../engine/client';
import type {
  BackendChoice,
  Budgets,
  DisplayState,
  EngineEvent,
  SegmentInfo,
  SlicePicture,
  SliceView,
  ViewId,
} from '../engine/protocol';
import { ComponentCounts } from './component-counts';
import { Evaluator } from './evaluator';
import { FfnTool } from './ffn-tool';
import { FillTool } from './fill-tool';
import { ImageLook } from './image-look';
import { LabelSaving } from './label-saving';
import { LayerAdding } from './layer-adding';
import { Layers } from './layers';
import { MachineSettings } from './machine-settings';
import { Meshing } from './meshing';
import { Models } from './models';
import { Navigation } from './navigation';
import { Runs } from './runs';
import type { SaveOptions } from './save-options';
import { Scene } from './scene';
import { SourceOpener } from './source-opener';
import {
  type AppState,
  type AppStore,
  createAppStore,
  type Notice,
  type PanelId,
  type ToolId,
} from './store';
import { UnreadNotices } from './unread-notices';

const OFFLINE =
  'This computer has no network. What is missing comes by itself once there is one again.';

/**
 * The page's one controller: every user action and every automation call is a method here, or of the part of it that the action
 * is about. It owns the store and the engine's client; React and the views read the store and call these methods.
 */
export class Session {
  readonly store: AppStore = createAppStore();
  private newestJob = 0;
  readonly machine = new MachineSettings(this);
  /** Opens volumes. */
  readonly opener = new SourceOpener(this);
  /** How the open image is looked at. */
  readonly image = new ImageLook(this);
  /** What of it could not be read. */
  readonly unread = new UnreadNotices(this);
  /** The layers that the slices show. */
  readonly layers: Layers;
  /** Layers that the user asks for. */
  readonly layerAdding = new LayerAdding(this);
  /** Segmentations as they run. */
  readonly runs = new Runs(this);
  /** The tool that fills. */
  readonly fill = new FillTool(this);
  /** The tool that grows objects by a network. */
  readonly ffn = new FfnTool(this);
  /** Networks that are kept. */
  readonly models = new Models(this);
  readonly saving = new LabelSaving(this);
  /** Whole surfaces. */
  readonly meshing = new Meshing(this);
  readonly counts = new ComponentCounts(this);
  readonly evaluator = new Evaluator(this);
  /** Where the slice views look. */
  readonly navigation: Navigation;
  /** The 3-D view. */
  readonly scene: Scene;

  constructor(readonly engine: EngineClient) {
    this.layers = new Layers(
      this,
      () => this.state.display.layers,
      (layers) => this.show({ layers }),
    );
    this.scene = new Scene(engine, () => this.state);
    this.navigation = new Navigation(this);
  }

  get state(): AppState {
    return this.store.getState();
  }

  /** A number that no job of the engine has had. */
  nextJob(): number {
    this.newestJob++;
    return this.newestJob;
  }

  private set(changes: Partial<AppState>): void {
    this.store.setState(changes);
  }

  /** Starts the engine; without an adapter all runs on the processor, and the page says why. */
  async start(backend: BackendChoice = 'auto', budgets: Partial<Budgets> = {}): Promise<void> {
    await this.engine.start((event) => this.receive(event), backend, budgets);
    void this.models.refresh();
  }

  async remove(id: number): Promise<void> {
    await this.engine.remove(id);
    this.setDisplay({
      selectedIds: this.state.display.selectedIds.filter((other) => other !== id),
      hiddenIds: this.state.display.hiddenIds.filter((other) => other !== id),
    });
  }

  select(ids: readonly number[]): void {
    this.setDisplay({ selectedIds: ids });
  }

  /** Adds to or takes from the selection. */
  toggleSelected(id: number): void {
    const { selectedIds } = this.state.display;
    this.select(
      selectedIds.includes(id) ? selectedIds.filter((other) => other !== id) : [...selectedIds, id],
    );
  }

  setVisible(id: number, visible: boolean): void {
    const hiddenIds = this.state.display.hiddenIds.filter((other) => other !== id);
    this.setDisplay({ hiddenIds: visible ? hiddenIds : [...hiddenIds, id] });
  }

  /** Changes how all layers are drawn; `layers` changes one of them. */
  setDisplay(changes: Partial<Omit<DisplayState, 'layers'>>): void {
    this.show(changes);
  }

  /** Changes what the slices show. */
  show(changes: Partial<DisplayState>): void {
    const display = { ...this.state.display, ...changes };
    this.set({ display });
    this.engine.setDisplay(display);
  }

  setLayerAdderOpen(layerAdderOpen: boolean): void {
    this.set({ layerAdderOpen });
  }

  setTool(tool: ToolId): void {
    this.set({ tool });
  }

  /** Centres all slice views on a voxel, moved into the volume where it lies outside. */
  goTo(zyx: Zyx): void {
    const { volume } = this.state;
    if (!volume) return;
    const last = volume.shapeZyx.map((size) => size - 1) as unknown as Zyx;
    const whole = zyx.map(Math.floor) as unknown as Zyx;
    this.set({ positionZyx: minimum(maximum(whole, [0, 0, 0]), last) });
  }

  setZoom(nmPerPixel: number): void {
    this.set({ nmPerPixel: Math.min(Math.max(nmPerPixel, 0.1), 100_000) });
  }

  maximize(panel: PanelId | null): void {
    this.set({ maximized: panel });
  }

  setActiveView(activeView: ViewId): void {
    if (activeView !== this.state.activeView) this.set({ activeView });
  }

  setSaverOpen(saverOpen: boolean): void {
    this.set({ saverOpen });
  }

  setSaveOptions(changes: Partial<SaveOptions>): void {
    this.set({ saveOptions: { ...this.state.saveOptions, ...changes } });
  }

  setBudgetsOpen(budgetsOpen: boolean): void {
    this.set({ budgetsOpen });
  }

  setOpenerOpen(openerOpen: boolean): void {
    this.set({ openerOpen });
  }

  setPaletteOpen(paletteOpen: boolean): void {
    this.set({ paletteOpen });
  }

  setShortcutsOpen(shortcutsOpen: boolean): void {
    this.set({ shortcutsOpen });
  }

  /** Gives a slice view's canvas to the engine, once. */
  attachView(view: ViewId, canvas: HTMLCanvasElement): Promise<void> {
    return this.engine.attachView(view, canvas.transferControlToOffscreen());
  }

  /** How a slice view looks at the volume from now on. */
  setView(view: ViewId, state: SliceView): void {
    this.engine.setView(view, state);
  }

  /** Tells of each picture of the slice views from now on, until the returned function is called. */
  onPicture(listener: (picture: SlicePicture) => void): () => void {
    this.pictureListeners.add(listener);
    return () => void this.pictureListeners.delete(listener);
  }
  private readonly pictureListeners = new Set<(picture: SlicePicture) => void>();

  /** Asks what is at a voxel and shows it in the status bar; null clears it. The newest question wins. */
  async probe(zyx: Zyx | null): Promise<void> {
    const question = ++this.probeQuestion;
    const probe = zyx ? await this.engine.probe(zyx).catch(() => null) : null;
    if (question === this.probeQuestion) this.set({ probe });
  }
  private probeQuestion = 0;

  /** Resolves when the slice views show what was last asked of them. */
  async settled(): Promise<void> {
    // Views hand their state to the engine in the next frame, and in the one after it those that have another size then.
    await new Promise((resolve) =>
      requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve))),
    );
    await this.engine.settled();
  }

  /** Shows an error to the user, in its own words or others; aborts are not errors. */
  report(error: unknown, key: string, text?: string): void {
    if (isAbort(error)) return;
    const known =
      error instanceof Error ? error : new FloodlightError('INTERNAL', { reason: String(error) });
    this.set({ lastError: known });
    this.notify({ key, kind: 'error', text: text ?? known.message });
  }

  /** Tells the user that something was done; what is said under the same key before is replaced. */
  inform(text: string, key: string): void {
    this.notify({ key, kind: 'info', text });
  }

  /** In place of what was said under the same key, or in the same words. */
  private notify(notice: Notice): void {
    const others = this.state.notices.filter(
      ({ key, text }) => key !== notice.key && text !== notice.text,
    );
    this.set({ notices: [...others, notice] });
  }

  dismissNotice(key: string): void {
    this.set({ notices: this.state.notices.filter((notice) => notice.key !== key) });
  }

  /** Whether segments are others than those that were saved, or than none where nothing was. */
  private isChange(segments: readonly SegmentInfo[]): boolean {
    return segments.length > 0 || this.state.savedAt !== null;
  }

  private receive(event: EngineEvent): void {
    switch (event.type) {
      case 'adapter':
        this.set({
          adapter: event.adapter
            ? { status: 'ready', adapter: event.adapter }
            : { status: 'missing', reason: event.reason },
        });
        break;
      case 'history':
        this.set({ history: event.history });
        break;
      case 'backend':
        this.set({ backend: event.backend });
        break;
      case 'progress':
        this.runs.receive(event.job, event.progress);
        break;
      case 'evaluating':
        this.evaluator.receive(event.job, event.progress);
        break;
      case 'saving':
        this.saving.receive(event.job, event.progress);
        break;
      case 'meshing':
        this.meshing.receive(event.job, event.progress);
        break;
      case 'importing':
        this.models.receive(event.job, event.progress);
        break;
      case 'segments':
        this.set({ segments: event.segments, unsaved: this.isChange(event.segments) });
        break;
      case 'statistics':
        this.set({ statistics: event.statistics });
        this.unread.receive(event.statistics.unread);
        break;
      case 'picture':
        for (const listener of this.pictureListeners) listener(event.picture);
        break;
      case 'network':
        if (event.isOffline) this.notify({ key: 'network', kind: 'error', text: OFFLINE });
        else this.dismissNotice('network');
        break;
      case 'trouble':
        this.report(fromRecord(event.error), event.key);
        break;
    }
  }
}
