import { ChevronDown } from 'lucide-react';
import { Select } from 'radix-ui';
import { RangeSlider } from '../controls/RangeSlider';
import { useAppState, useSession } from '../session-context';

const NONE = 'none';

/** Which of the labels stored with the volume lies over it, and how strongly. */
export function ReferenceLayer({ layers }: { layers: readonly string[] }) {
  const session = useSession();
  const layer = useAppState((state) => state.display.referenceLayer);
  const opacity = useAppState((state) => state.display.referenceOpacity);
  const percent = `${Math.round(opacity * 100)} %`;
  // Values are numbered: a layer may be called like the choice of none.
  const value = layer === null ? NONE : String(layers.indexOf(layer));
  const choose = (chosen: string) =>
    session.setDisplay({ referenceLayer: layers[Number(chosen)] ?? null });
  return (
    <>
      <div className="row row-layer">
        <span>Stored</span>
        <Select.Root value={value} onValueChange={choose}>
          <Select.Trigger className="button select" aria-label="Stored label layer">
            <Select.Value />
            <ChevronDown aria-hidden />
          </Select.Trigger>
          <Select.Portal>
            <Select.Content className="menu" position="popper" sideOffset={4} align="end">
              <Select.Viewport>
                {[NONE, ...layers.keys()].map((key) => (
                  <Select.Item key={key} className="menu-item" value={String(key)}>
                    <Select.ItemText>
                      {typeof key === 'number' ? layers[key] : NONE}
                    </Select.ItemText>
                  </Select.Item>
                ))}
              </Select.Viewport>
            </Select.Content>
          </Select.Portal>
        </Select.Root>
      </div>
      {layer !== null && (
        <div className="row row-layer">
          <span />
          <RangeSlider
            values={[opacity]}
            min={0}
            max={1}
            step={0.01}
            labels={['Opacity of the stored labels']}
            valueText={percent}
            onChange={([next = opacity]) => session.setDisplay({ referenceOpacity: next })}
          />
          <span className="number row-value">{percent}</span>
          <span />
        </div>
      )}
    </>
  );
}
