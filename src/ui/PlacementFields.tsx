import type { LayerPlacement } from '../state/layers';
import { Folded } from './controls/Folded';

/** Lengths along z, y and x as they are typed. */
type TypedZyx = readonly [z: string, y: string, x: string];
type TypedPlacement = { readonly [length in keyof LayerPlacement]-?: TypedZyx };

const EMPTY: TypedZyx = ['', '', ''];
export const NO_PLACEMENT: TypedPlacement = { voxelSizeNm: EMPTY, originNm: EMPTY };

const isEmpty = (typed: TypedZyx): boolean => typed.every((text) => text.trim() === '');

/** What is not typed is no number, which is refused where others beside it are. */
const numberOf = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));

/** What is typed; nothing of what is empty. */
export const placementOf = (typed: TypedPlacement): LayerPlacement =>
  Object.fromEntries(
    Object.entries(typed)
      .filter(([, lengths]) => !isEmpty(lengths))
      .map(([key, lengths]) => [key, lengths.map(numberOf)]),
  );

// x, y, z as everywhere on the page.
const AXES = [
  ['x', 2],
  ['y', 1],
  ['z', 0],
] as const;

const LENGTHS = [
  ['Voxel size', 'voxelSizeNm'],
  ['Origin', 'originNm'],
] as const;

interface Props {
  readonly typed: TypedPlacement;
  onChange(typed: TypedPlacement): void;
}

/** Asks, folded away at first, where a layer lies; what is left empty is as its metadata say. */
export function PlacementFields({ typed, onChange }: Props) {
  return (
    <Folded
      title="Placement"
      note={LENGTHS.every(([, key]) => isEmpty(typed[key])) ? 'as stored' : 'as typed'}
      className="placement"
    >
      {LENGTHS.map(([label, key]) => (
        <div key={key} className="open-row">
          <span>{label}</span>
          <span className="triple">
            {AXES.map(([axis, at]) => (
              <label key={axis} className="placement-length">
                <span className={`axis-${axis}`} aria-hidden>
                  {axis}
                </span>
                <input
                  className="text-field number"
                  inputMode="decimal"
                  placeholder="as stored"
                  aria-label={`${label}, ${axis}, in nanometres`}
                  value={typed[key][at]}
                  onChange={(event) => {
                    const [z, y, x] = typed[key].with(at, event.target.value);
                    onChange({ ...typed, [key]: [z ?? '', y ?? '', x ?? ''] });
                  }}
                />
              </label>
            ))}
          </span>
          <span className="dim">nm</span>
        </div>
      ))}
    </Folded>
  );
}
