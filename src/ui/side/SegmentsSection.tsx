import { useMemo, useState } from 'react';
import { useAppState } from '../session-context';
import { SegmentGrid } from './SegmentGrid';
import { nextOrder, type SegmentColumn, type SegmentOrder, sortSegments } from './segment-order';

interface HeadProps {
  readonly text: string;
  readonly column: SegmentColumn;
  readonly order: SegmentOrder;
  onSort(column: SegmentColumn): void;
}

function Head({ text, column, order, onSort }: HeadProps) {
  const sorted = order.column === column;
  const direction = order.descending ? 'descending' : 'ascending';
  return (
    <button
      type="button"
      aria-label={`Sort by ${text}`}
      aria-pressed={sorted}
      onClick={() => onSort(column)}
    >
      {text}
      <span aria-hidden>{sorted ? (direction === 'descending' ? '↓' : '↑') : ''}</span>
    </button>
  );
}

/** All segments, the newest first until another order is chosen. */
export function SegmentsSection() {
  const segments = useAppState((state) => state.segments);
  const [order, setOrder] = useState<SegmentOrder>({ column: 'id', descending: true });
  const sorted = useMemo(() => sortSegments(segments, order), [segments, order]);
  const head = { order, onSort: (column: SegmentColumn) => setOrder(nextOrder(order, column)) };
  return (
    <section className="section segments" aria-label="Segments">
      <header className="section-head">
        <h2>
          Segments <span className="number dim">{segments.length}</span>
        </h2>
      </header>
      <div className="segment-row segment-head">
        <span />
        <Head text="id" column="id" {...head} />
        <Head text="voxels" column="voxels" {...head} />
        <span>µm³</span>
      </div>
      {segments.length === 0 && (
        <p className="dim">None yet: choose the fill tool and click a neuron.</p>
      )}
      {/* There from the start: the first segment finds its list in place, and nothing moves. */}
      <SegmentGrid segments={sorted} />
    </section>
  );
}
