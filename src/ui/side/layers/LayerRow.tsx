import { ChevronDown, ChevronRight } from 'lucide-react';
import { type PointerEvent, useId } from 'react';
import type { Layer } from '../../../state/store';
import { RangeSlider } from '../../controls/RangeSlider';
import { VisibilityButton } from '../../controls/VisibilityButton';
import { useSession } from '../../session-context';
import { LayerDetails } from './LayerDetails';
import { LayerGrip } from './LayerGrip';

interface Props {
  readonly layer: Layer;
  /** Its place, 0 the lowest. */
  readonly index: number;
  readonly isExpanded: boolean;
  onToggle(): void;
  onMove(index: number): void;
  onDrag(event: PointerEvent): void;
}

/** One layer: grip, name, opacity, eye; below them, when expanded, all else that can be set. */
export function LayerRow({ layer, index, isExpanded, onToggle, onMove, onDrag }: Props) {
  const session = useSession();
  const detailsId = useId();
  const { id, name, opacity, visible } = layer;
  const percent = `${Math.round(opacity * 100)} %`;
  const Chevron = isExpanded ? ChevronDown : ChevronRight;
  return (
    <li className="layer" data-layer={id} data-hidden={!visible}>
      <div className="layer-row">
        <LayerGrip name={name} index={index} onMove={onMove} onDrag={onDrag} />
        <button
          type="button"
          className="layer-name"
          aria-expanded={isExpanded}
          aria-controls={detailsId}
          title={name}
          onClick={onToggle}
        >
          <Chevron aria-hidden />
          <span className="ellipsis">{name}</span>
        </button>
        <RangeSlider
          values={[opacity]}
          min={0}
          max={1}
          step={0.01}
          labels={[`Opacity of ${name}`]}
          valueText={percent}
          onChange={([value = opacity]) => session.layers.set(id, { opacity: value })}
        />
        <span className="number row-value">{percent}</span>
        <VisibilityButton
          what={name}
          visible={visible}
          onChange={(next) => session.layers.set(id, { visible: next })}
        />
      </div>
      <div id={detailsId} className="layer-details" hidden={!isExpanded}>
        {isExpanded && <LayerDetails layer={layer} />}
      </div>
    </li>
  );
}
