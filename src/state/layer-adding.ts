import { absoluteAddress, hostOf } from './absolute-address';
import type { AddLayerOptions, LayerSource } from './layers';
import type { Session } from './session';
import { isHandle, type pickFolder } from './source-picker';
import type { AddingLayer } from './store';

/** What adding needs of the session. */
type Around = Pick<Session, 'store' | 'layers' | 'report' | 'dismissNotice' | 'setLayerAdderOpen'>;

/** What a source is called, and the host that is asked for it. */
function described(source: LayerSource): Omit<AddingLayer, 'id'> {
  if (typeof source === 'string') return { name: source, host: hostOf(absoluteAddress(source)) };
  if (isHandle(source) || source instanceof File) return { name: source.name, host: null };
  return { name: 'stored' in source ? source.stored : 'files', host: null };
}

/** Layers that the user asks for: they are listed while they are waited for, and can be called off. */
export class LayerAdding {
  private readonly aborts = new Map<number, AbortController>();
  private newestId = 0;

  constructor(private readonly around: Around) {}

  /**
   * Opens a layer and shows it; returns its id. What fails is shown in the form, and null is returned, as for what is called off. The
   * form is closed once nothing is waited for.
   */
  async add(source: LayerSource, options: AddLayerOptions = {}): Promise<string | null> {
    const { around } = this;
    const id = ++this.newestId;
    const abort = new AbortController();
    this.aborts.set(id, abort);
    around.dismissNotice('layer');
    this.list([...this.listed, { id, ...described(source) }]);
    let added: string | null = null;
    try {
      added = await around.layers.add(source, { ...options, signal: abort.signal });
    } catch (error) {
      around.report(error, 'layer');
    }
    this.aborts.delete(id);
    this.list(this.listed.filter((other) => other.id !== id));
    if (added !== null && this.listed.length === 0) around.setLayerAdderOpen(false);
    return added;
  }

  /** Asks for a folder or a zip, and adds what was picked. Rejects as `pick` does. */
  async addPicked(pick: typeof pickFolder, options?: AddLayerOptions): Promise<void> {
    await this.add(await pick(), options);
  }

  /** Calls off one that is listed. */
  cancel(id: number): void {
    this.aborts.get(id)?.abort();
  }

  cancelAll(): void {
    for (const abort of this.aborts.values()) abort.abort();
  }

  private get listed(): readonly AddingLayer[] {
    return this.around.store.getState().addingLayers;
  }

  private list(addingLayers: readonly AddingLayer[]): void {
    this.around.store.setState({ addingLayers });
  }
}
