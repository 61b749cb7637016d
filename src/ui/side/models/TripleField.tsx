import type { Zyx } from '../../../core/vec';
import { NumberField } from '../../controls/NumberField';

interface Props {
  readonly label: string;
  readonly valueZyx: Zyx;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  onChange(valueZyx: Zyx): void;
}

const AXES = [
  { name: 'x', at: 2 },
  { name: 'y', at: 1 },
  { name: 'z', at: 0 },
] as const;

/** Three numbers, shown x, y, z as everywhere on the page. */
export function TripleField({ label, valueZyx, onChange, ...limits }: Props) {
  return (
    <span className="triple">
      {AXES.map(({ name, at }) => (
        <span key={name}>
          <span className={`axis-${name}`}>{name}</span>
          <NumberField
            label={`${label}, ${name}`}
            value={valueZyx[at]}
            {...limits}
            onChange={(value) => {
              const changed = [...valueZyx] as [number, number, number];
              changed[at] = value;
              onChange(changed);
            }}
          />
        </span>
      ))}
    </span>
  );
}
