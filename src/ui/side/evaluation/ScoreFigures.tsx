import type { Evaluation } from '../../../state/store';
import { formatShort } from '../../format';

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly title: string;
}

function Figure({ name, value, title }: FigureProps) {
  return (
    <div title={title}>
      <dt>{name}</dt>
      <dd className="number">{value}</dd>
    </div>
  );
}

/** The scores in three decimals, and what they are of. */
export function ScoreFigures({ result }: { result: Evaluation }) {
  const { unlabelledVoxels, unlabelledBits } = result;
  return (
    <div className="evaluation-scores" role="status" aria-label="Scores">
      <dl className="evaluation-main">
        <Figure
          name="VI split"
          value={result.viSplit.toFixed(3)}
          title="Bits left unknown of the labels by knowing the truth: too many pieces. 0 is best."
        />
        <Figure
          name="VI merge"
          value={result.viMerge.toFixed(3)}
          title="Bits left unknown of the truth by knowing the labels: too few pieces. 0 is best."
        />
        <Figure
          name="Rand error"
          value={result.adaptedRandError.toFixed(3)}
          title="Adapted Rand error: 1 − F of precision and recall over pairs of voxels. 0 is best."
        />
      </dl>
      <dl className="figures">
        <Figure
          name="precision"
          value={result.precision.toFixed(3)}
          title="Of pairs of voxels that the labels put together: how many the truth does."
        />
        <Figure
          name="recall"
          value={result.recall.toFixed(3)}
          title="Of pairs of voxels that the truth puts together: how many the labels do."
        />
        <Figure
          name="ids"
          value={`${formatShort(result.segments)} / ${formatShort(result.truths)}`}
          title="Segments of the labels, and of the truth, among the voxels that count."
        />
        <Figure
          name="voxels"
          value={formatShort(result.voxels)}
          title="Voxels that count: those that the truth leaves out do not."
        />
      </dl>
      {unlabelledVoxels > 0 && (
        <p className="dim">
          {((100 * unlabelledVoxels) / result.voxels).toFixed(1)} % unlabelled:{' '}
          {unlabelledBits.toFixed(3)} of VI merge
        </p>
      )}
    </div>
  );
}
