import { useState } from 'react';
import type { SegmentInfo } from '../../state/store';
import { VirtualGrid } from '../controls/VirtualGrid';
import { useSession } from '../session-context';
import { SegmentRow } from './SegmentRow';

/** The rows that are in sight; arrows move the selection, Shift adds, Enter goes to the seed. */
export function SegmentGrid({ segments }: { segments: readonly SegmentInfo[] }) {
  const session = useSession();
  const [activeId, setActiveId] = useState<number | null>(null);
  const activeIndex = segments.findIndex(({ id }) => id === activeId);

  const choose = ({ id }: SegmentInfo, add: boolean) => {
    setActiveId(id);
    if (add) session.toggleSelected(id);
    else session.select([id]);
  };

  const moveTo = ({ id }: SegmentInfo, add: boolean) => {
    setActiveId(id);
    const { selectedIds } = session.state.display;
    const before = add ? selectedIds.filter((other) => other !== id) : [];
    session.select([...before, id]);
  };

  const takeKey = (key: string): boolean => {
    const active = segments[activeIndex];
    if (key !== 'Enter' || !active) return false;
    session.goTo(active.seedZyx);
    return true;
  };

  return (
    <VirtualGrid
      label="Segments"
      items={segments}
      idOf={({ id }) => `segment-${id}`}
      activeIndex={activeIndex}
      isMultiselectable
      onMove={moveTo}
      onKey={takeKey}
    >
      {(segment, place) => <SegmentRow segment={segment} place={place} onChoose={choose} />}
    </VirtualGrid>
  );
}
