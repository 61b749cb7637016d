import { NumberField } from '../controls/NumberField';
import { Segmented } from '../controls/Segmented';
import { useAppState, useSession } from '../session-context';

const WITHIN = ['volume', 'box'] as const;
const AXES = [
  ['x', 2],
  ['y', 1],
  ['z', 0],
] as const;

/** Where a fill may go: anywhere, or only within a box of voxels, whose bounds can be typed. */
export function FillBox() {
  const session = useSession();
  const box = useAppState((state) => state.fillOptions.box);
  const shapeZyx = useAppState((state) => state.volume?.shapeZyx);
  if (!shapeZyx) return null;
  return (
    <>
      <div className="row row-wide">
        <span>Within</span>
        <Segmented
          label="Where a fill may go"
          value={box ? 'box' : 'volume'}
          options={WITHIN}
          onChange={(within) => session.fill.limit(within === 'box')}
        />
      </div>
      {box &&
        AXES.map(([name, axis]) => {
          const from = box.originZyx[axis];
          const to = from + box.shapeZyx[axis];
          const limits = { min: 0, max: shapeZyx[axis], step: 1 };
          return (
            <div key={name} className="row row-fields">
              <span className={`axis-${name}`}>{name}</span>
              <NumberField
                {...limits}
                label={`First ${name} of the box`}
                value={from}
                onChange={(value) => session.fill.setBound(axis, value, Math.max(to, value + 1))}
              />
              <span aria-hidden>–</span>
              <NumberField
                {...limits}
                label={`End of the box on ${name}`}
                value={to}
                onChange={(value) => session.fill.setBound(axis, Math.min(from, value - 1), value)}
              />
            </div>
          );
        })}
    </>
  );
}
