import type { ComponentsCount, ComponentsQuery } from '../engine/protocol';
import { formatNumber } from './format-number';
import { JobSlot } from './job-slot';
import type { Session } from './session';

/** What counting needs of the session. */
type Around = Pick<Session, 'engine' | 'nextJob' | 'store' | 'inform' | 'report' | 'dismissNotice'>;

/** Counts of connected components, one at a time. */
export class ComponentCounts {
  private readonly slot: JobSlot<null>;

  constructor(private readonly around: Around) {
    const { store } = around;
    this.slot = new JobSlot(around, {
      get: () => {
        const { counting } = store.getState();
        return counting === null ? null : { job: counting, progress: null };
      },
      set: (counting) => store.setState({ counting: counting?.job ?? null }),
    });
  }

  /** Counts on the processor; a new count cancels the one before. */
  async count(query: ComponentsQuery, signal?: AbortSignal): Promise<ComponentsCount> {
    this.cancel();
    return this.slot.run({}, (job) => this.around.engine.components(job, query), { signal });
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
    this.slot.cancel();
  }

  private shownStoredLabels(): string | null {
    const shown = this.around.store
      .getState()
      .display.layers.findLast(({ origin, visible }) => visible && origin.from === 'stored');
    return shown?.origin.from === 'stored' ? shown.origin.stored : null;
  }
}
