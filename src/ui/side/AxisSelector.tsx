import { ChevronDown } from 'lucide-react';
import { Select } from 'radix-ui';
import { useState } from 'react';
import type { AxisSelection, ChannelInfo } from '../../state/commands-axes';
import { NumberField } from '../controls/NumberField';
import { RangeSlider } from '../controls/RangeSlider';
import { useAppState, useSession } from '../session-context';

function useSelect(): (selection: Partial<AxisSelection>) => void {
  const session = useSession();
  return (selection) =>
    void session.image.selectAxes(selection).catch((error) => session.report(error, 'axes'));
}

/** The colour that the metadata give a channel. */
function ChannelColour({ colour }: Pick<ChannelInfo, 'colour'>) {
  return colour && <span className="swatch" style={{ background: `rgb(${colour.join(' ')})` }} />;
}

function ChannelChoice({ channels }: { channels: readonly ChannelInfo[] }) {
  const select = useSelect();
  const channel = useAppState((state) => state.selection.c);
  return (
    <div className="row row-layer">
      <span>Channel</span>
      <Select.Root
        value={String(channel)}
        onValueChange={(chosen) => select({ c: Number(chosen) })}
      >
        <Select.Trigger className="button select" aria-label="Channel">
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
    </div>
  );
}

interface PlaceChoiceProps {
  readonly axis: keyof AxisSelection;
  readonly label: string;
  readonly count: number;
}

/** Which place along an axis is seen; taken over when the thumb is let go, since the image is read anew then. */
function PlaceChoice({ axis, label, count }: PlaceChoiceProps) {
  const select = useSelect();
  const place = useAppState((state) => state.selection[axis]);
  const [draft, setDraft] = useState<number | null>(null);
  const shown = draft ?? place;
  return (
    <div className="row row-layer">
      <span>{label}</span>
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
          select({ [axis]: next });
        }}
      />
      <NumberField
        label={`${label} by number`}
        value={shown}
        min={0}
        max={count - 1}
        step={1}
        onChange={(next) => select({ [axis]: Math.round(next) })}
      />
    </div>
  );
}

/** More channels are not chosen from a list. */
const LONGEST_LIST = 64;

/** Which channel and which time of the image are seen; nothing for what it has but one of. */
export function AxisSelector() {
  const channels = useAppState((state) => state.volume?.channels) ?? [];
  const times = useAppState((state) => state.volume?.times ?? 1);
  const isList = channels.length <= LONGEST_LIST;
  return (
    <>
      {channels.length > 1 && isList && <ChannelChoice channels={channels} />}
      {!isList && <PlaceChoice axis="c" label="Channel" count={channels.length} />}
      {times > 1 && <PlaceChoice axis="t" label="Time" count={times} />}
    </>
  );
}
