import { Trash2 } from 'lucide-react';
import type { SegmentInfo } from '../../state/store';
import { Swatch } from '../controls/Swatch';
import { GridCell, GridRow, type RowPlace } from '../controls/VirtualGrid';
import { VisibilityButton } from '../controls/VisibilityButton';
import { formatColumn, formatCount, formatCubicMicrometres } from '../format';
import { useAppState, useSession } from '../session-context';

interface Props {
  readonly segment: SegmentInfo;
  readonly place: RowPlace;
  onChoose(segment: SegmentInfo, add: boolean): void;
}

/** One segment: click selects, Shift adds, double-click goes to its seed. */
export function SegmentRow({ segment, place, onChoose }: Props) {
  const session = useSession();
  const { id, voxels, seedZyx } = segment;
  const selected = useAppState((state) => state.display.selectedIds.includes(id));
  const hidden = useAppState((state) => state.display.hiddenIds.includes(id));
  const voxelSizeNm = useAppState((state) => state.volume?.voxelSizeNm);
  return (
    <GridRow
      place={place}
      className="segment-row"
      selected={selected}
      data-hidden={hidden}
      onClick={(event) => onChoose(segment, event.shiftKey || event.ctrlKey || event.metaKey)}
      onDoubleClick={() => session.goTo(seedZyx)}
    >
      <Swatch id={id} />
      <GridCell className="number segment-id">{id}</GridCell>
      <GridCell className="number" title={`${formatCount(voxels)} voxels`}>
        {formatColumn(voxels)}
      </GridCell>
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
    </GridRow>
  );
}
