import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useRef } from 'react';
import type { EvaluationFault } from '../../../state/store';
import { formatShort, shortenId } from '../../format';
import { useAppState, useSession } from '../../session-context';

const ROW_PIXELS = 23;

const rowId = (id: string): string => `fault-${id}`;

function GridCell({ className, children }: { className: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows are virtualised and placed one by one.
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names its active row.
    <span role="gridcell" className={className}>
      {children}
    </span>
  );
}

interface RowProps {
  readonly fault: EvaluationFault;
  readonly index: number;
  /** CSS pixels from the list's start. */
  readonly top: number;
}

function FaultRow({ fault, index, top }: RowProps) {
  const session = useSession();
  const selected = useAppState((state) => state.evaluator.shown?.id === fault.id);
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names its active row.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid handles the keys.
    // biome-ignore lint/a11y/useSemanticElements: rows are virtualised and placed one by one.
    <div
      id={rowId(fault.id)}
      className="fault-row"
      role="row"
      aria-rowindex={index + 1}
      aria-selected={selected}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => void session.evaluator.goTo(fault.id)}
    >
      <GridCell className="number fault-id">{shortenId(fault.id)}</GridCell>
      <GridCell className="number">{formatShort(fault.others)}</GridCell>
      <GridCell className="number">{formatShort(fault.voxels)}</GridCell>
      <GridCell className="number">{fault.bits.toFixed(4)}</GridCell>
    </div>
  );
}

/** The errors in sight: arrows go from one to the next, left and right from piece to piece. */
export function FaultGrid({ faults }: { faults: readonly EvaluationFault[] }) {
  const session = useSession();
  const shown = useAppState((state) => state.evaluator.shown);
  const scroller = useRef<HTMLDivElement>(null);
  const at = faults.findIndex(({ id }) => id === shown?.id);
  const virtualizer = useVirtualizer({
    count: faults.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PIXELS,
    getItemKey: (index) => faults[index]?.id ?? index,
    overscan: 6,
  });

  const moveTo = (index: number) => {
    const to = Math.min(Math.max(index, 0), faults.length - 1);
    const fault = faults[to];
    if (!fault) return;
    virtualizer.scrollToIndex(to);
    void session.evaluator.goTo(fault.id);
  };
  const handleKey = (event: KeyboardEvent) => {
    const rows: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: Math.max(at - 1, 0),
      PageDown: at + 10,
      PageUp: at - 10,
      Home: 0,
      End: faults.length - 1,
    };
    const pieces: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, Enter: 0 };
    const row = rows[event.key];
    const step = pieces[event.key];
    if (row !== undefined) moveTo(row);
    else if (step !== undefined && shown) void session.evaluator.goTo(shown.id, shown.piece + step);
    else return;
    event.preventDefault();
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a table cannot be virtualised with a fixed row height.
    <div
      ref={scroller}
      className="fault-grid"
      role="grid"
      aria-label="Errors"
      aria-rowcount={faults.length}
      aria-activedescendant={at < 0 || !shown ? undefined : rowId(shown.id)}
      tabIndex={0}
      onKeyDown={handleKey}
    >
      <div role="presentation" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => {
          const fault = faults[item.index];
          return (
            fault && <FaultRow key={item.key} fault={fault} index={item.index} top={item.start} />
          );
        })}
      </div>
    </div>
  );
}
