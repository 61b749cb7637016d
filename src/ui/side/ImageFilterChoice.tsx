import { useState } from 'react';
import {
  FILTER_DEFAULTS,
  filterRange,
  filterValue,
  withFilterValue,
} from '../../state/image-filter';
import { RangeSlider } from '../controls/RangeSlider';
import { Segmented } from '../controls/Segmented';
import { useAppState, useSession } from '../session-context';

const NAMES = ['none', 'smooth', 'CLAHE'] as const;
const KINDS = { none: 'none', smooth: 'gaussian', CLAHE: 'clahe' } as const;

/** How strong a filter is; taken over when the thumb is let go, since the image is read anew then. */
function Strength() {
  const session = useSession();
  const filter = useAppState((state) => state.imageFilter);
  const voxelSizeNm = useAppState((state) => state.volume?.voxelSizeNm);
  const [draft, setDraft] = useState<number | null>(null);
  if (filter.kind === 'none' || !voxelSizeNm) return null;
  const { min, max, step, label, text } = filterRange(filter.kind, voxelSizeNm);
  const value = draft ?? filterValue(filter);
  return (
    <div className="row row-layer">
      <span>{label}</span>
      <RangeSlider
        values={[value]}
        min={min}
        max={max}
        step={step}
        labels={[`Strength of the filter: ${label}`]}
        valueText={text(value)}
        onChange={([next = value]) => setDraft(next)}
        onCommit={([next = value]) => {
          setDraft(null);
          session.image
            .setFilter(withFilterValue(filter, next))
            .catch((error) => session.report(error, 'filter'));
        }}
      />
      <span className="number row-value">{text(value)}</span>
    </div>
  );
}

/** What the image is seen and filled through. */
export function ImageFilterChoice() {
  const session = useSession();
  const kind = useAppState((state) => state.imageFilter.kind);
  const voxelSizeNm = useAppState((state) => state.volume?.voxelSizeNm);
  if (!voxelSizeNm) return null;
  return (
    <>
      <div className="row row-wide">
        <span>Filter</span>
        <Segmented
          label="Image filter"
          value={NAMES.find((name) => KINDS[name] === kind) ?? 'none'}
          options={NAMES}
          onChange={(name) =>
            session.image
              .setFilter(FILTER_DEFAULTS[KINDS[name]](voxelSizeNm))
              .catch((error) => session.report(error, 'filter'))
          }
        />
      </div>
      <Strength />
    </>
  );
}
