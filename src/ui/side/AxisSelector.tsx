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
    void session.selectAxes(selection).catch((error) => session.report(error, 'axes'));
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

/** Which time is seen; taken over when the thumb is let go, since the image is read anew then. */
function TimeChoice({ times }: { times: number }) {
  const select = useSelect();
  const time = useAppState((state) => state.selection.t);
  const [draft, setDraft] = useState<number | null>(null);
  const shown = draft ?? time;
  return (
    <div className="row row-layer">
      <span>Time</span>
      <RangeSlider
        values={[shown]}
        min={0}
        max={times - 1}
        step={1}
        labels={['Time']}
        valueText={`${shown} of 0 to ${times - 1}`}
        onChange={([next = time]) => setDraft(next)}
        onCommit={([next = time]) => {
          setDraft(null);
          select({ t: next });
        }}
      />
      <NumberField
        label="Time by number"
        value={shown}
        min={0}
        max={times - 1}
        step={1}
        onChange={(next) => select({ t: Math.round(next) })}
      />
    </div>
  );
}

/** Which channel and which time of the image are seen; nothing for what it has but one of. */
export function AxisSelector() {
  const channels = useAppState((state) => state.volume?.channels);
  const times = useAppState((state) => state.volume?.times ?? 1);
  return (
    <>
      {channels && channels.length > 1 && <ChannelChoice channels={channels} />}
      {times > 1 && <TimeChoice times={times} />}
    </>
  );
}
