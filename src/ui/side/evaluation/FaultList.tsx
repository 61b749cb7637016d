import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { Evaluation, EvaluationFault } from '../../../state/store';
import { Segmented } from '../../controls/Segmented';
import { formatCount, formatShort, shortenId } from '../../format';
import { useAppState, useSession } from '../../session-context';
import { FaultGrid } from './FaultGrid';

const LISTS = ['merges', 'splits'] as const;

/** The piece that is gone to, and those before and after it. */
function Pieces({ fault, at }: { fault: EvaluationFault; at: number }) {
  const session = useSession();
  const piece = fault.pieces[at];
  if (!piece) return null;
  const step = (by: number) => () => void session.evaluator.goTo(fault.id, at + by);
  return (
    <div className="fault-piece">
      <button type="button" className="icon-button" aria-label="Piece before" onClick={step(-1)}>
        <ChevronLeft aria-hidden />
      </button>
      <span className="ellipsis" title={`${fault.id} and ${piece.id}: ${piece.voxels} voxels`}>
        piece {at + 1} of {formatCount(fault.others)}:{' '}
        {piece.id === '0' ? 'unlabelled' : <span className="number">{shortenId(piece.id)}</span>} (
        <span className="number">{formatShort(piece.voxels)}</span>)
      </span>
      <button type="button" className="icon-button" aria-label="Piece after" onClick={step(1)}>
        <ChevronRight aria-hidden />
      </button>
    </div>
  );
}

/** The worst merges or splits; what is chosen is gone to, piece by piece. */
export function FaultList({ result }: { result: Evaluation }) {
  const session = useSession();
  const list = useAppState((state) => state.evaluator.list);
  const shown = useAppState((state) => state.evaluator.shown);
  const { total, faults } = result[list];
  const fault = faults.find(({ id }) => id === shown?.id);
  return (
    <>
      <div className="fault-choice">
        <Segmented
          label="Which errors are listed"
          value={list}
          options={LISTS}
          onChange={(next) => session.evaluator.choose({ list: next })}
        />
        <span className="dim">
          {total > faults.length ? `worst ${formatCount(faults.length)} of ` : ''}
          {formatCount(total)}
        </span>
      </div>
      {faults.length === 0 ? (
        <p className="dim">{list === 'merges' ? 'Nothing is merged.' : 'Nothing is split.'}</p>
      ) : (
        <>
          <div className="fault-row fault-head">
            <span>{list === 'merges' ? 'label' : 'truth'}</span>
            <span>{list === 'merges' ? 'covers' : 'pieces'}</span>
            <span>voxels</span>
            <span>bits</span>
          </div>
          <FaultGrid key={list} faults={faults} />
          {fault && shown ? (
            <Pieces fault={fault} at={shown.piece} />
          ) : (
            <p className="fault-piece dim">A click goes to where it is wrong.</p>
          )}
        </>
      )}
    </>
  );
}
