import { Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { SegmentInfo } from '../../state/store';
import { Swatch } from '../controls/Swatch';
import { VisibilityButton } from '../controls/VisibilityButton';
import { formatCount, formatCubicMicrometres } from '../format';
import { useAppState, useSession } from '../session-context';

/** The element id of a segment's row. */
export const segmentRowId = (id: number): string => `segment-${id}`;

interface Props {
  readonly segment: SegmentInfo;
  readonly index: number;
  /** CSS pixels from the list's start. */
  readonly top: number;
  onChoose(segment: SegmentInfo, add: boolean): void;
}

function GridCell({ className, children }: { className: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: as for the row.
    // biome-ignore lint/a11y/useFocusableInteractive: as for the row.
    <span role="gridcell" className={className}>
      {children}
    </span>
  );
}

/** One segment: click selects, Shift adds, double-click goes to its seed. */
export function SegmentRow({ segment, index, top, onChoose }: Props) {
  const session = useSession();
  const { id, voxels, seedZyx } = segment;
  const selected = useAppState((state) => state.display.selectedIds.includes(id));
  const hidden = useAppState((state) => state.display.hiddenIds.includes(id));
  const voxelSizeNm = useAppState((state) => state.volume?.voxelSizeNm);
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names its active row.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid handles the keys.
    // biome-ignore lint/a11y/useSemanticElements: rows are virtualised and placed one by one.
    <div
      id={segmentRowId(id)}
      className="segment-row"
      role="row"
      aria-rowindex={index + 1}
      aria-selected={selected}
      data-hidden={hidden}
      style={{ transform: `translateY(${top}px)` }}
      onClick={(event) => onChoose(segment, event.shiftKey || event.ctrlKey || event.metaKey)}
      onDoubleClick={() => session.goTo(seedZyx)}
    >
      <Swatch id={id} />
      <GridCell className="number segment-id">{id}</GridCell>
      <GridCell className="number">{formatCount(voxels)}</GridCell>
      <GridCell className="number">
        {voxelSizeNm ? formatCubicMicrometres(voxels, voxelSizeNm) : ''}
      </GridCell>
      <GridCell className="segment-actions">
        <button
          type="button"
          className="icon-button segment-remove"
          aria-label={`Remove segment ${id}`}
          title={`Remove segment ${id}`}
          tabIndex={-1}
          onClick={(event) => {
            event.stopPropagation();
            session.remove(id).catch((error: unknown) => session.report(error, 'remove'));
          }}
        >
          <Trash2 aria-hidden />
        </button>
        <VisibilityButton
          what={`segment ${id}`}
          visible={!hidden}
          tabIndex={-1}
          onChange={(visible) => session.setVisible(id, visible)}
        />
      </GridCell>
    </div>
  );
}
