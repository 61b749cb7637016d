import type { Evaluation, EvaluationProgress, EvaluationQuery, Layer } from '../engine/protocol';
import { type JobOptions, JobSlot } from './job-slot';
import { SEGMENTS_LAYER } from './layers';
import type { Session } from './session';
import { type AppState, type EvaluatorState, NO_EVALUATION } from './store';

/** What comparing needs of the session. */
type Around = Pick<
  Session,
  | 'engine'
  | 'nextJob'
  | 'store'
  | 'layers'
  | 'select'
  | 'setDisplay'
  | 'goTo'
  | 'report'
  | 'dismissNotice'
>;

/** A label layer that can be compared, by the name that queries have for it. */
export interface ComparableLayer {
  readonly ref: string;
  readonly name: string;
}

/** What queries name a label layer by. */
export const refOf = ({ id, origin }: Layer): string =>
  origin.from === 'stored' ? origin.stored : id;

/** All label layers there are: the segmentation, those stored with the volume, shown or not, and those of other sources. */
export function comparableLayers({
  volume,
  display,
}: Pick<AppState, 'volume' | 'display'>): readonly ComparableLayer[] {
  const shown = display.layers.filter(({ kind }) => kind === 'labels').toReversed();
  const layers = shown.map((layer) => ({ ref: refOf(layer), name: layer.name }));
  const stored = (volume?.labels ?? []).map((name) => ({ ref: name, name }));
  return [...layers, ...stored.filter(({ ref }) => !layers.some((layer) => layer.ref === ref))];
}

const TRUTH = /truth|^gt$|proofread/i;

/** The layers that are chosen, or, where these are not there, likely ones: the truth is what its name says. */
export function chosenLayers(
  state: Pick<AppState, 'volume' | 'display' | 'evaluator' | 'segments'>,
): { readonly a: string; readonly b: string } {
  const layers = comparableLayers(state);
  const has = (ref: string) => layers.some((layer) => layer.ref === ref);
  const others = layers.filter(({ ref }) => ref !== SEGMENTS_LAYER);
  const truth = others.find(({ name }) => TRUTH.test(name)) ?? others[0];
  const b = has(state.evaluator.b) ? state.evaluator.b : (truth?.ref ?? SEGMENTS_LAYER);
  const likely = state.segments.length > 0 ? undefined : others.find(({ ref }) => ref !== b);
  const a = has(state.evaluator.a) ? state.evaluator.a : (likely?.ref ?? SEGMENTS_LAYER);
  return { a, b };
}

/** Compares label layers, one pair at a time, and leads to what is wrong. */
export class Evaluator {
  private readonly slot: JobSlot<EvaluationProgress>;

  constructor(private readonly around: Around) {
    this.slot = new JobSlot(around, {
      get: () => this.state.running,
      set: (running) => this.change({ running }),
    });
  }

  /** Compares as the engine does; a new comparison cancels the one before. Its result is the panel's, too. */
  async evaluate(
    query: EvaluationQuery,
    options?: JobOptions<EvaluationProgress>,
  ): Promise<Evaluation> {
    this.cancel();
    return this.slot.run(
      {},
      async (job) => {
        const result = await this.around.engine.evaluate(job, query);
        if (this.state.running?.job === job) {
          this.rest();
          this.change({ result });
        }
        return result;
      },
      options,
    );
  }

  /** Compares the layers that are chosen, in the fill tool's box if there is one; what fails is shown. */
  async evaluateChosen(): Promise<void> {
    const { around } = this;
    const state = around.store.getState();
    const { box } = state.fillOptions;
    const { ignoreZeroSegments } = state.evaluator;
    around.dismissNotice('evaluate');
    try {
      await this.evaluate({ ...chosenLayers(state), ignoreZeroSegments, ...(box ? { box } : {}) });
    } catch (error) {
      around.report(error, 'evaluate');
    }
  }

  cancel(): void {
    this.slot.cancel();
  }

  receive(job: number, progress: EvaluationProgress): void {
    this.slot.receive(job, progress);
  }

  /** Opens or closes the panel; closed, no label stands out any more. */
  setOpen(isOpen: boolean): void {
    if (!isOpen) this.rest();
    this.change({ isOpen });
  }

  choose(changes: Partial<Pick<EvaluatorState, 'a' | 'b' | 'ignoreZeroSegments' | 'list'>>): void {
    this.change(changes);
  }

  /** Another volume is open: what was found is not about it. */
  forget(): void {
    this.cancel();
    this.change({ ...NO_EVALUATION, isOpen: this.state.isOpen });
  }

  /**
   * Goes to a piece of an error of the list, at first the second largest, where it went wrong, and has the segments concerned
   * stand out, in layers that are opened for it if need be.
   */
  async goTo(id: string, piece = 1): Promise<void> {
    const { result, list } = this.state;
    const fault = result?.[list].faults.find((other) => other.id === id);
    if (!result || !fault) return;
    const at = (piece + fault.pieces.length) % fault.pieces.length;
    const there = fault.pieces[at];
    if (!there) return;
    const shown = { id, piece: at };
    this.change({ shown });
    this.around.goTo(there.voxelZyx);
    const others = fault.pieces.map((each) => each.id);
    const [own, other] = list === 'merges' ? [result.a, result.b] : [result.b, result.a];
    const ids = new Map([[other, others]]).set(own, own === other ? [id, ...others] : [id]);
    try {
      await this.highlight(ids, () => this.state.shown === shown);
    } catch (error) {
      this.around.report(error, 'layer');
    }
  }

  /** Has segments stand out, by the layer that they are of; not if another error is shown, or none, by the time their layers are there. */
  private async highlight(
    ids: ReadonlyMap<string, readonly string[]>,
    isStillShown: () => boolean,
  ): Promise<void> {
    const selected = ids.get(SEGMENTS_LAYER);
    if (selected) this.around.select(selected.map(Number));
    const emphasized: Record<string, readonly string[]> = {};
    for (const [ref, some] of ids)
      if (ref !== SEGMENTS_LAYER) emphasized[await this.shownLayer(ref)] = some;
    if (isStillShown()) this.emphasize(emphasized);
  }

  /** The id of the layer that shows what a query names so. */
  private async shownLayer(ref: string): Promise<string> {
    const { layers } = this.around.store.getState().display;
    const layer = layers.find((other) => other.id === ref) ?? layers.find((o) => refOf(o) === ref);
    if (!layer) return this.around.layers.add({ stored: ref });
    if (!layer.visible) this.around.layers.set(layer.id, { visible: true });
    return layer.id;
  }

  /** No error is shown, and no label stands out any more. */
  private rest(): void {
    if (!this.state.shown) return;
    this.change({ shown: null });
    this.emphasize({});
  }

  private emphasize(emphasizedIds: Readonly<Record<string, readonly string[]>>): void {
    this.around.setDisplay({ emphasizedIds });
  }

  private get state(): EvaluatorState {
    return this.around.store.getState().evaluator;
  }

  private change(changes: Partial<EvaluatorState>): void {
    this.around.store.setState({ evaluator: { ...this.state, ...changes } });
  }
}
