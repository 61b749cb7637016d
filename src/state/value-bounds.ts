import { type Dtype, isFloat } from '../core/dtype';
import type { AppState } from './store';

/** Between which image values controls may choose, and in which steps. */
export interface ValueBounds {
  readonly low: number;
  readonly high: number;
  readonly step: number;
}

const STEPS = 256;

/** All of uint8 and of bool; else what the volume holds, as far as its histogram tells, and what is chosen already. */
export function valueBounds(
  dtype: Dtype | undefined,
  histogram: AppState['histogram'],
  chosen: readonly number[],
): ValueBounds {
  if (dtype === undefined || dtype === 'uint8') return { low: 0, high: 255, step: 1 };
  if (dtype === 'bool') return { low: 0, high: 1, step: 1 };
  const values = histogram ? [histogram.low, histogram.high, ...chosen] : chosen;
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (!isFloat(dtype)) return { low, high: Math.max(high, low + 1), step: 1 };
  const span = high - low || 1;
  return { low, high: low + span, step: span / STEPS };
}
