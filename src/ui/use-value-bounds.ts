import { useMemo, useState } from 'react';
import { VOLUME_LAYER } from '../state/layers';
import type { ImageLayer } from '../state/store';
import { type ValueBounds, valueBounds } from '../state/value-bounds';
import { useAppState } from './session-context';

/** Between which values of the volume's image the sliders may choose. */
export function useValueBounds(): ValueBounds {
  const dtype = useAppState((state) => state.volume?.dtype);
  const histogram = useAppState((state) => state.histogram);
  const layers = useAppState((state) => state.display.layers);
  const low = useAppState((state) => state.fillOptions.low);
  const high = useAppState((state) => state.fillOptions.high);
  return useMemo(() => {
    const image = layers.find(({ id }) => id === VOLUME_LAYER);
    const contrast = image?.kind === 'image' ? image.contrast : [];
    return valueBounds(dtype, histogram, [...contrast, low, high]);
  }, [dtype, histogram, layers, low, high]);
}

/** Between which values the contrast of a layer may be chosen; of one beside the volume, around what it had at first. */
export function useLayerBounds({ id, dtype, contrast }: ImageLayer): ValueBounds {
  const ofVolume = useValueBounds();
  const [[low, high]] = useState(contrast);
  if (id === VOLUME_LAYER) return ofVolume;
  const margin = Math.abs(high - low) / 2;
  return valueBounds(dtype, null, [low - margin, high + margin, ...contrast]);
}
