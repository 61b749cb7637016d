import { useMemo } from 'react';
import { type ValueBounds, valueBounds } from '../state/value-bounds';
import { useAppState } from './session-context';

/** Between which image values the sliders may choose. */
export function useValueBounds(): ValueBounds {
  const dtype = useAppState((state) => state.volume?.dtype);
  const histogram = useAppState((state) => state.histogram);
  const contrast = useAppState((state) => state.display.contrast);
  const low = useAppState((state) => state.fillOptions.low);
  const high = useAppState((state) => state.fillOptions.high);
  return useMemo(
    () => valueBounds(dtype, histogram, [...contrast, low, high]),
    [dtype, histogram, contrast, low, high],
  );
}
