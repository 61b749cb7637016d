import { isFloat } from '../core/dtype';
import type { VolumeInfo } from '../volume/model';
import type { FillOptions } from './store';

/** A first range for the fill tool: the brighter half of what the contrast window shows, cytoplasm in most EM. */
export function suggestedRange(volume: VolumeInfo): Pick<FillOptions, 'low' | 'high'> {
  const [low, high] = volume.contrast;
  const middle = low + (high - low) * 0.55;
  const whole = isFloat(volume.dtype) ? middle : Math.round(middle);
  return { low: whole, high: Math.max(high, volume.dtype === 'uint8' ? 255 : high) };
}
