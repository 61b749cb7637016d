import type { ComponentsCount, ComponentsQuery, Layer } from '../engine/protocol';
import { refOf } from './evaluator';
import { formatNumber } from './format-number';
import { JobSlot } from './job-slot';
import { SEGMENTS_LAYER } from './layers';
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
   * Counts the components of the highest label layer that is shown beside the segmentation, else of the fill tool's range, in the
   * fill tool's box if there is one, and says how many there are.
   */
  async countShown(): Promise<void> {
    const { around } = this;
    const { low, high, connectivity, box } = around.store.getState().fillOptions;
    const layer = this.shownLabels();
    const where = { connectivity, ...(box ? { box } : {}) };
    around.inform('Counting connected components … Esc cancels.', 'components');
    try {
      const { count, voxels, largestVoxels } = await this.count(
        layer ? { ...where, layer: refOf(layer) } : { ...where, low, high },
      );
      const of = layer ? layer.name : `values ${low}–${high}`;
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

  private shownLabels(): Layer | undefined {
    return this.around.store
      .getState()
      .display.layers.findLast(
        ({ id, kind, visible }) => visible && kind === 'labels' && id !== SEGMENTS_LAYER,
      );
  }
}
