import type { AppState } from '../../state/store';
import type { ValueBounds } from '../../state/value-bounds';

/** One bar: `x`, `width` and `height` as fractions of the drawing; `value` is the bin's middle. */
export interface HistogramBar {
  readonly x: number;
  readonly width: number;
  readonly height: number;
  readonly value: number;
}

/** A histogram's bars between two values; bins at either end, where saturated values pile up, do not set the scale. */
export function histogramBars(
  histogram: AppState['histogram'],
  bounds: Pick<ValueBounds, 'low' | 'high'>,
): readonly HistogramBar[] {
  if (!histogram || histogram.counts.length === 0) return [];
  const { low, high, counts } = histogram;
  const inner = counts.length > 2 ? counts.slice(1, -1) : counts;
  const tallest = Math.max(...inner, 1);
  const span = bounds.high - bounds.low;
  const binSpan = (high - low) / counts.length;
  return counts.map((count, bin) => ({
    x: (low + bin * binSpan - bounds.low) / span,
    width: binSpan / span,
    height: Math.min(count / tallest, 1),
    value: low + (bin + 0.5) * binSpan,
  }));
}
