import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useRef, useState } from 'react';
import type { SegmentInfo } from '../../state/store';
import { useSession } from '../session-context';
import { SegmentRow, segmentRowId } from './SegmentRow';

const ROW_PIXELS = 23;

/** The rows that are in sight; arrows move the selection, Shift adds, Enter goes to the seed. */
export function SegmentGrid({ segments }: { segments: readonly SegmentInfo[] }) {
  const session = useSession();
  const scroller = useRef<HTMLDivElement>(null);
  const [activeId, setActiveId] = useState<number | null>(null);
  const virtualizer = useVirtualizer({
    count: segments.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PIXELS,
    getItemKey: (index) => segments[index]?.id ?? index,
    overscan: 6,
  });

  const choose = (segment: SegmentInfo, add: boolean) => {
    setActiveId(segment.id);
    if (add) session.toggleSelected(segment.id);
    else session.select([segment.id]);
  };

  const moveTo = (index: number, add: boolean) => {
    const segment = segments[Math.min(Math.max(index, 0), segments.length - 1)];
    if (!segment) return;
    virtualizer.scrollToIndex(segments.indexOf(segment));
    setActiveId(segment.id);
    const { selectedIds } = session.state.display;
    const before = add ? selectedIds.filter((id) => id !== segment.id) : [];
    session.select([...before, segment.id]);
  };

  const handleKey = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const at = segments.findIndex((segment) => segment.id === activeId);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at < 0 ? 0 : at - 1,
      PageDown: at + 10,
      PageUp: at - 10,
      Home: 0,
      End: segments.length - 1,
    };
    const target = steps[event.key];
    const active = segments[at];
    if (target !== undefined) moveTo(target, event.shiftKey);
    else if (event.key === 'Enter' && active) session.goTo(active.seedZyx);
    else return;
    event.preventDefault();
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a table cannot be virtualised with a fixed row height.
    <div
      ref={scroller}
      className="segment-grid"
      role="grid"
      aria-label="Segments"
      aria-multiselectable
      aria-rowcount={segments.length}
      aria-activedescendant={activeId === null ? undefined : segmentRowId(activeId)}
      tabIndex={0}
      onKeyDown={handleKey}
    >
      <div role="presentation" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => {
          const segment = segments[item.index];
          return (
            segment && (
              <SegmentRow
                key={item.key}
                segment={segment}
                index={item.index}
                top={item.start}
                onChoose={choose}
              />
            )
          );
        })}
      </div>
    </div>
  );
}
