import { useMemo } from 'react';
import { useAppState } from '../session-context';
import { useValueBounds } from '../use-value-bounds';
import { histogramBars } from './histogram-bars';

/** How often the volume has each value; those the fill takes are bright. */
export function Histogram() {
  const histogram = useAppState((state) => state.histogram);
  const options = useAppState((state) => state.fillOptions);
  const seed = useAppState((state) => state.probe?.value ?? null);
  const bounds = useValueBounds();
  const bars = useMemo(() => histogramBars(histogram, bounds), [histogram, bounds]);

  const { criterion, low, high, tolerance } = options;
  const [from, to] =
    criterion === 'range'
      ? [low, high]
      : seed === null
        ? [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
        : [Number(seed) - tolerance, Number(seed) + tolerance];
  return (
    <svg
      className="histogram"
      viewBox="0 0 1 1"
      preserveAspectRatio="none"
      role="img"
      aria-label="Histogram of the volume’s values"
    >
      {bars.map((bar) => (
        <rect
          key={bar.x}
          x={bar.x}
          width={bar.width * 0.82}
          y={1 - bar.height}
          height={bar.height}
          data-inside={bar.value >= from && bar.value <= to}
        />
      ))}
    </svg>
  );
}
