import { formatCount, formatMegabytes } from '../format';
import { useAppState } from '../session-context';

/** How far the save that runs is; room for it otherwise, so that nothing moves. */
export function SavingProgress() {
  const saving = useAppState((state) => state.saving);
  const { bricks = 0, bricksTotal = 0, bytesWritten = 0 } = saving?.progress ?? {};
  const share = bricksTotal > 0 ? bricks / bricksTotal : 0;
  return (
    <div className="save-progress">
      <div
        className="progress"
        role="progressbar"
        aria-label="Saved so far"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        hidden={!saving}
      >
        <div style={{ transform: `scaleX(${share})` }} />
      </div>
      <span className="number dim">
        {saving
          ? `${formatCount(bricks)} of ${formatCount(bricksTotal)} bricks, ${formatMegabytes(bytesWritten)}`
          : ' '}
      </span>
    </div>
  );
}
