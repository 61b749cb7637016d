import { abortError, FloodlightError } from '../core/errors';
import type { Volume, VolumeStatistics } from '../volume/model';
import type { VolumeSource } from '../volume/open-store';
import type { AxisChoice, Layer, LayerOptions, LayerSeen, LayerSource } from './layer';
import { type OpenLayer, openBeside, openStored, readAgain, seenOf } from './open-layer';

type OpenVolume = (
  source: VolumeSource,
  options: LayerOptions,
  signal: AbortSignal,
) => Promise<Volume>;

/** Does one change of what is seen after the other. */
type InTurn = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** What opening a layer needs of what is open. */
interface OpeningSurroundings {
  /** The open volume, as it is seen now. */
  volume(): Volume;
  inTurn: InTurn;
  /** Calls it off. */
  readonly cancelled: AbortSignal | undefined;
  /** Has layers shown, which may throw. */
  show(layers: readonly OpenLayer[]): void;
}

const isStored = (source: LayerSource): source is { readonly stored: string } =>
  typeof source === 'object' && source !== null && 'stored' in source;

const badLayer = (id: string, reason: string): FloodlightError =>
  new FloodlightError('BAD_PARAMETERS', { what: `Layer ${id}`, reason });

/** The layers beside the open volume. */
export class LayerSources {
  private readonly opened = new Map<string, OpenLayer>();
  private opening = new AbortController();
  private nextId = 1;

  constructor(private readonly openVolume: OpenVolume) {}

  get all(): readonly OpenLayer[] {
    return [...this.opened.values()];
  }

  /** The volumes of their own that layers are read from. */
  get volumes(): readonly Volume[] {
    return this.all.flatMap(({ from }) => (typeof from === 'string' ? [] : from));
  }

  get statistics(): readonly VolumeStatistics[] {
    return this.volumes.map(({ statistics }) => statistics);
  }

  /**
   * Opens a layer beside a volume, in place of another if its id is given, and has it shown; returns it as it is to be shown at
   * first. Rejects as `openVolume`, `openStored` and `openBeside` do, or with an AbortError once it is cancelled, `clear` is called,
   * or the other is closed.
   */
  async open(
    source: LayerSource,
    options: LayerOptions,
    { volume, inTurn, cancelled, show }: OpeningSurroundings,
    replacedId?: string,
  ): Promise<Layer> {
    const signal = cancelled
      ? AbortSignal.any([this.opening.signal, cancelled])
      : this.opening.signal;
    const id = replacedId ?? `layer-${this.nextId++}`;
    // It takes long, and what is seen of the open volume may change meanwhile.
    const other = isStored(source) ? source : await this.openVolume(source, options, signal);
    const { layer } = await inTurn(async () => {
      signal.throwIfAborted();
      const opened = await ('stored' in other
        ? openStored(id, volume(), other.stored, signal)
        : openBeside(id, volume().info, other, options, signal));
      signal.throwIfAborted();
      const replaced = this.opened.get(id);
      if (replacedId !== undefined && !replaced) throw abortError();
      show([...this.all.filter((layer) => layer !== replaced), opened.open]);
      if (replaced) letGo(replaced);
      this.opened.set(id, opened.open);
      return opened;
    });
    return options.name === undefined ? layer : { ...layer, name: options.name };
  }

  /** Lets go of a layer; BAD_PARAMETERS where there is none of this id. */
  close(id: string): void {
    const layer = this.opened.get(id);
    if (!layer) throw badLayer(id, 'there is no such layer that could be removed');
    letGo(layer);
    this.opened.delete(id);
  }

  /**
   * Reads layers at the time and channel at which the volume is seen now, as far as they have such axes and have not chosen their
   * own; returns how to put them in the place of what is open, which tells how they are seen then.
   */
  async readAgain(volume: Volume, signal: AbortSignal): Promise<() => readonly LayerSeen[]> {
    const read = await Promise.all(this.all.map((layer) => readAgain(layer, volume, signal)));
    return () => {
      for (const layer of read) this.replace(layer);
      return this.all.flatMap((layer) => seenOf(layer) ?? []);
    };
  }

  /**
   * Has a layer seen at a time and channel of its own, or, where these are null, at the volume's. BAD_PARAMETERS for what it has
   * not, and for layers without axes of their own; an AbortError where it is closed meanwhile.
   */
  async select(volume: Volume, id: string, changes: Partial<AxisChoice>): Promise<LayerSeen> {
    const { signal } = this.opening;
    const layer = this.opened.get(id);
    if (!layer) throw badLayer(id, 'there is no such layer that has a time or channel of its own');
    if (!seenOf(layer))
      throw badLayer(
        id,
        typeof layer.from === 'string'
          ? 'labels stored with the volume are seen at its time and channel'
          : 'it has but one time and channel',
      );
    const chosen = { ...layer.chosen, ...changes };
    const read = await readAgain({ ...layer, chosen }, volume, signal);
    const seen = seenOf(read);
    if (!seen || !this.replace(read)) throw abortError();
    return seen;
  }

  /** Puts a layer in the place of the one of its id; whether that is still there. */
  private replace(layer: OpenLayer): boolean {
    const isOpen = this.opened.has(layer.id);
    if (isOpen) this.opened.set(layer.id, layer);
    return isOpen;
  }

  /** Lets go of all, and of those that are being opened. */
  clear(): void {
    this.opening.abort(abortError());
    this.opening = new AbortController();
    for (const id of this.opened.keys()) this.close(id);
  }
}

function letGo({ from }: OpenLayer): void {
  if (typeof from !== 'string') from.setCacheBytes(0);
}
