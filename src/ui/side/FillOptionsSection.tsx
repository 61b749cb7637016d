import { NumberField } from '../controls/NumberField';
import { RangeSlider } from '../controls/RangeSlider';
import { Segmented } from '../controls/Segmented';
import { useAppState, useSession } from '../session-context';
import { useValueBounds } from '../use-value-bounds';
import { FillBox } from './FillBox';
import { Histogram } from './Histogram';
import { VoxelLimit } from './VoxelLimit';

const CRITERIA = ['range', 'tolerance'] as const;
const CONNECTIVITIES = ['6', '18', '26'] as const;

function RangeChoice() {
  const session = useSession();
  const { low, high } = useAppState((state) => state.fillOptions);
  const bounds = useValueBounds();
  const limits = { min: bounds.low, max: bounds.high, step: bounds.step };
  return (
    <>
      <RangeSlider
        {...limits}
        values={[low, high]}
        labels={['Lowest value', 'Highest value']}
        onChange={([from = low, to = high]) => session.fill.setOptions({ low: from, high: to })}
      />
      <div className="row row-fields">
        <span>Range</span>
        <NumberField
          {...limits}
          label="Lowest value, typed"
          value={low}
          onChange={(value) => session.fill.setOptions({ low: value, high: Math.max(value, high) })}
        />
        <span aria-hidden>–</span>
        <NumberField
          {...limits}
          label="Highest value, typed"
          value={high}
          onChange={(value) => session.fill.setOptions({ high: value, low: Math.min(value, low) })}
        />
      </div>
    </>
  );
}

function ToleranceChoice() {
  const session = useSession();
  const { tolerance } = useAppState((state) => state.fillOptions);
  const { low, high, step } = useValueBounds();
  const limits = {
    min: 0,
    max: Number.isInteger(step) ? Math.ceil((high - low) / 2) : (high - low) / 2,
    step,
  };
  return (
    <>
      <RangeSlider
        {...limits}
        values={[tolerance]}
        labels={['Tolerance']}
        onChange={([value = tolerance]) => session.fill.setOptions({ tolerance: value })}
      />
      <div className="row row-fields">
        <span>Seed’s value</span>
        <span aria-hidden>±</span>
        <NumberField
          {...limits}
          label="Tolerance, typed"
          value={tolerance}
          onChange={(value) => session.fill.setOptions({ tolerance: value })}
        />
      </div>
    </>
  );
}

/** How the fill tool turns a click into a segment. */
export function FillOptionsSection() {
  const session = useSession();
  const criterion = useAppState((state) => state.fillOptions.criterion);
  const connectivity = useAppState((state) => state.fillOptions.connectivity);
  return (
    <section className="section" aria-label="Flood fill">
      <header className="section-head">
        <h2>Flood fill</h2>
        <Segmented
          label="Criterion"
          value={criterion}
          options={CRITERIA}
          onChange={(value) => session.fill.setOptions({ criterion: value })}
        />
      </header>
      <div className="values">
        <Histogram />
        {criterion === 'range' ? <RangeChoice /> : <ToleranceChoice />}
      </div>
      <div className="row row-wide">
        <span>Connectivity</span>
        <Segmented
          label="Connectivity"
          value={`${connectivity}`}
          options={CONNECTIVITIES}
          onChange={(value) =>
            session.fill.setOptions({ connectivity: value === '6' ? 6 : value === '18' ? 18 : 26 })
          }
        />
      </div>
      <VoxelLimit />
      <FillBox />
    </section>
  );
}
