import { abortError } from '../core/errors';
import type { ComponentsCount, ComponentsQuery } from '../engine/protocol';
import { formatNumber } from './format-number';
import type { Session } from './session';

/** What counting needs of the session. */
type Around = Pick<Session, 'engine' | 'store' | 'inform' | 'report' | 'dismissNotice'>;

/** Counts of connected components, one at a time. */
export class ComponentCounts {
  constructor(
    private readonly around: Around,
    private readonly nextJob: () => number,
  ) {}

  /** Counts on the processor; a new count cancels the one before. */
  async count(query: ComponentsQuery, signal?: AbortSignal): Promise<ComponentsCount> {
    const { engine, store } = this.around;
    this.cancel();
    if (signal?.aborted) throw abortError();
    const job = this.nextJob();
    const abort = () => engine.cancel(job);
    signal?.addEventListener('abort', abort, { once: true });
    store.setState({ counting: job });
    try {
      return await engine.components(job, query);
    } finally {
      signal?.removeEventListener('abort', abort);
      if (store.getState().counting === job) store.setState({ counting: null });
    }
  }

  /**
   * Counts the components of the highest stored label layer that is shown, else of the fill tool's range, in the fill tool's
   * box if there is one, and says how many there are.
   */
  async countShown(): Promise<void> {
    const { around } = this;
    const { low, high, connectivity, box } = around.store.getState().fillOptions;
    const layer = this.shownStoredLabels();
    const where = { connectivity, ...(box ? { box } : {}) };
    around.inform('Counting connected components … Esc cancels.', 'components');
    try {
      const { count, voxels, largestVoxels } = await this.count(
        layer === null ? { ...where, low, high } : { ...where, layer },
      );
      const of = layer === null ? `values ${low}–${high}` : layer;
      around.inform(
        `${formatNumber(count)} connected components (${connectivity}) of ${of}${box ? ' in the box' : ''}: ${formatNumber(voxels)} voxels, ${formatNumber(largestVoxels)} of them in the largest.`,
        'components',
      );
    } catch (error) {
      around.dismissNotice('components');
      around.report(error, 'components');
    }
  }

  cancel(): void {
    const { counting } = this.around.store.getState();
    if (counting !== null) this.around.engine.cancel(counting);
  }

  private shownStoredLabels(): string | null {
    const shown = this.around.store
      .getState()
      .display.layers.findLast(({ origin, visible }) => visible && origin.from === 'stored');
    return shown?.origin.from === 'stored' ? shown.origin.stored : null;
  }
}
