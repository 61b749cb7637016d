import type { EvaluationFault } from '../../../state/store';
import { GridCell, GridRow, type RowPlace, VirtualGrid } from '../../controls/VirtualGrid';
import { formatShort, shortenId } from '../../format';
import { useAppState, useSession } from '../../session-context';

function FaultRow({ fault, place }: { fault: EvaluationFault; place: RowPlace }) {
  const session = useSession();
  const selected = useAppState((state) => state.evaluator.shown?.id === fault.id);
  return (
    <GridRow
      place={place}
      className="fault-row"
      selected={selected}
      onClick={() => void session.evaluator.goTo(fault.id)}
    >
      <GridCell className="number fault-id">{shortenId(fault.id)}</GridCell>
      <GridCell className="number">{formatShort(fault.others)}</GridCell>
      <GridCell className="number">{formatShort(fault.voxels)}</GridCell>
      <GridCell className="number">{fault.bits.toFixed(4)}</GridCell>
    </GridRow>
  );
}

const PIECE_STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, Enter: 0 };

/** The errors in sight: arrows go from one to the next, left and right from piece to piece. */
export function FaultGrid({ faults }: { faults: readonly EvaluationFault[] }) {
  const session = useSession();
  const shown = useAppState((state) => state.evaluator.shown);
  const takeKey = (key: string): boolean => {
    const step = PIECE_STEPS[key];
    if (step === undefined || !shown) return false;
    void session.evaluator.goTo(shown.id, shown.piece + step);
    return true;
  };
  return (
    <VirtualGrid
      label="Errors"
      items={faults}
      idOf={({ id }) => `fault-${id}`}
      activeIndex={faults.findIndex(({ id }) => id === shown?.id)}
      onMove={({ id }) => void session.evaluator.goTo(id)}
      onKey={takeKey}
    >
      {(fault, place) => <FaultRow fault={fault} place={place} />}
    </VirtualGrid>
  );
}
