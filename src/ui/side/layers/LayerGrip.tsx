import { GripVertical } from 'lucide-react';
import type { KeyboardEvent, PointerEvent } from 'react';

interface Props {
  readonly name: string;
  /** The layer's place, 0 the lowest. */
  readonly index: number;
  onMove(index: number): void;
  onDrag(event: PointerEvent): void;
}

const STEPS: Readonly<Record<string, number>> = { ArrowUp: 1, ArrowDown: -1 };

/** What a layer is moved by: dragged over the others, or by the arrow keys. */
export function LayerGrip({ name, index, onMove, onDrag }: Props) {
  const handleKey = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    onMove(index + step);
  };
  return (
    <button
      type="button"
      className="layer-grip"
      aria-label={`Move ${name}`}
      aria-keyshortcuts="ArrowUp ArrowDown"
      title={`Drag, or ↑ ↓: what ${name} lies over`}
      onKeyDown={handleKey}
      onPointerDown={onDrag}
    >
      <GripVertical aria-hidden />
    </button>
  );
}
