import { ChevronDown, Link2, Link2Off } from 'lucide-react';
import { Select } from 'radix-ui';
import { useState } from 'react';
import { type AxisSelection, type ChannelInfo, countAlong } from '../../state/commands-axes';
import type { AxisChoice, LayerAxes } from '../../state/layers';
import type { Layer } from '../../state/store';
import { NumberField } from '../controls/NumberField';
import { RangeSlider } from '../controls/RangeSlider';
import { useAppState, useSession } from '../session-context';

/** What is chosen from, and how. */
interface Props extends Pick<LayerAxes, 'times' | 'channels' | 'selection'> {
  /** The layer's name; none for the volume. */
  readonly layer?: string;
  /** Of a layer: what it has chosen, and the axes on which there is something of the volume's to follow. */
  readonly chosen?: AxisChoice;
  readonly followed?: readonly (keyof AxisSelection)[];
  onChange(changes: Partial<AxisChoice>): void;
}

interface AxisProps extends Props {
  readonly axis: keyof AxisSelection;
  readonly what: 'Channel' | 'Time';
}

const labelOf = ({ what, layer }: AxisProps): string => (layer ? `${what} of ${layer}` : what);

/** Whether a layer follows the volume along an axis; nothing where there is nothing to follow. */
function Follow(props: AxisProps) {
  const { axis, chosen, selection, followed, onChange } = props;
  if (!chosen || !followed?.includes(axis)) return null;
  const follows = chosen[axis] === null;
  const label = `${labelOf(props)} follows the volume’s`;
  const Icon = follows ? Link2 : Link2Off;
  return (
    <button
      type="button"
      className="icon-button axis-follow"
      aria-label={label}
      aria-pressed={follows}
      title={follows ? label : `${label} again`}
      onClick={() => onChange({ [axis]: follows ? selection[axis] : null })}
    >
      <Icon aria-hidden />
    </button>
  );
}

/** The colour that the metadata give a channel. */
function ChannelColour({ colour }: Pick<ChannelInfo, 'colour'>) {
  return colour && <span className="swatch" style={{ background: `rgb(${colour.join(' ')})` }} />;
}

function ChannelChoice(props: AxisProps) {
  const { channels, selection, what, onChange } = props;
  return (
    <div className="row row-layer row-axis">
      <span>{what}</span>
      <Select.Root
        value={String(selection.c)}
        onValueChange={(chosen) => onChange({ c: Number(chosen) })}
      >
        <Select.Trigger className="button select" aria-label={labelOf(props)}>
          <Select.Value />
          <ChevronDown aria-hidden />
        </Select.Trigger>
        <Select.Portal>
          <Select.Content className="menu" position="popper" sideOffset={4} align="end">
            <Select.Viewport>
              {[...channels.entries()].map(([index, { label, colour }]) => (
                <Select.Item key={index} className="menu-item" value={String(index)}>
                  <Select.ItemText>
                    <span className="channel-name">
                      <ChannelColour colour={colour} />
                      <span className="channel-text">{label}</span>
                    </span>
                  </Select.ItemText>
                </Select.Item>
              ))}
            </Select.Viewport>
          </Select.Content>
        </Select.Portal>
      </Select.Root>
      <Follow {...props} />
    </div>
  );
}

/** Which place along an axis is seen; taken over when the thumb is let go, since the image is read anew then. */
function PlaceChoice(props: AxisProps) {
  const { axis, what, times, channels, selection, onChange } = props;
  const label = labelOf(props);
  const count = axis === 't' ? times : channels.length;
  const place = selection[axis];
  const [draft, setDraft] = useState<number | null>(null);
  const shown = draft ?? place;
  return (
    <div className="row row-layer row-axis">
      <span>{what}</span>
      <RangeSlider
        values={[shown]}
        min={0}
        max={count - 1}
        step={1}
        labels={[label]}
        valueText={`${shown} of 0 to ${count - 1}`}
        onChange={([next = place]) => setDraft(next)}
        onCommit={([next = place]) => {
          setDraft(null);
          onChange({ [axis]: next });
        }}
      />
      <NumberField
        label={`${label} by number`}
        value={shown}
        min={0}
        max={count - 1}
        step={1}
        onChange={(next) => onChange({ [axis]: Math.round(next) })}
      />
      <Follow {...props} />
    </div>
  );
}

/** More channels are not chosen from a list. */
const LONGEST_LIST = 64;

/** Which channel and which time are seen; nothing for what there is but one of. */
function AxisSelector(props: Props) {
  const { channels, times } = props;
  const Channels = channels.length > LONGEST_LIST ? PlaceChoice : ChannelChoice;
  return (
    <>
      {channels.length > 1 && <Channels {...props} axis="c" what="Channel" />}
      {times > 1 && <PlaceChoice {...props} axis="t" what="Time" />}
    </>
  );
}

/** Which channel and which time of the volume's image are seen. */
export function VolumeAxes() {
  const session = useSession();
  const volume = useAppState((state) => state.volume);
  const selection = useAppState((state) => state.selection);
  if (!volume) return null;
  const { times, channels } = volume;
  const select = ({ t, c }: Partial<AxisChoice>) =>
    session.image
      .selectAxes({ t: t ?? selection.t, c: c ?? selection.c })
      .catch((error) => session.report(error, 'axes'));
  return (
    <AxisSelector {...{ times, channels, selection }} onChange={(next) => void select(next)} />
  );
}

/** The same of an added layer, which follows the volume until its own is chosen. */
export function LayerAxesChoice({ layer }: { layer: Layer }) {
  const session = useSession();
  const times = useAppState((state) => countAlong(state, 't'));
  const channels = useAppState((state) => countAlong(state, 'c'));
  const { id, name, axes } = layer;
  if (!axes) return null;
  const select = (changes: Partial<AxisChoice>) =>
    session.layers.selectAxes(id, changes).catch((error) => session.report(error, 'axes'));
  const followed = [...(times > 1 ? ['t' as const] : []), ...(channels > 1 ? ['c' as const] : [])];
  return (
    <AxisSelector
      {...axes}
      layer={name}
      followed={followed}
      onChange={(changes) => void select(changes)}
    />
  );
}
