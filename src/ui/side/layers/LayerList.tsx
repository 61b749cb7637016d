import { type PointerEvent, useLayoutEffect, useRef, useState } from 'react';
import { VOLUME_LAYER } from '../../../state/layers';
import type { Layer } from '../../../state/store';
import { useAppState, useSession } from '../../session-context';
import { LayerRow } from './LayerRow';
import './layers.css';

/** Where a layer is among all, said to those who cannot see it move. */
const placeOf = (layers: readonly Layer[], id: string): string => {
  const index = layers.findIndex((layer) => layer.id === id);
  const name = layers[index]?.name;
  return name === undefined ? '' : `${name}: ${layers.length - index} of ${layers.length}`;
};

/** The place of the layer whose row, without what is expanded, is under the pointer; -1 where there is none. */
function placeAt(list: Element, { clientY }: PointerEvent): number {
  const rows = [...list.querySelectorAll('.layer-row')];
  // The highest layer is the first row.
  return rows.toReversed().findIndex((row) => {
    const { top, bottom } = row.getBoundingClientRect();
    return clientY >= top && clientY < bottom;
  });
}

/** The layers, the highest first: moved by dragging their grips, or by arrow keys on these. */
export function LayerList() {
  const session = useSession();
  const layers = useAppState((state) => state.display.layers);
  // The image is adjusted all the time; its controls are in sight from the start.
  const [expanded, setExpanded] = useState<readonly string[]>([VOLUME_LAYER]);
  const list = useRef<HTMLUListElement>(null);
  const dragged = useRef<string | null>(null);
  const [moved, setMoved] = useState<string | null>(null);

  const toggle = (id: string) =>
    setExpanded(
      expanded.includes(id) ? expanded.filter((other) => other !== id) : [...expanded, id],
    );
  const move = (id: string, index: number) => {
    session.layers.move(id, index);
    setMoved(id);
  };
  const drag = (id: string, { pointerId }: PointerEvent) => {
    dragged.current = id;
    // The list stays where it is while rows move.
    list.current?.setPointerCapture(pointerId);
  };
  const dragOn = (event: PointerEvent) => {
    const id = dragged.current;
    if (id === null) return;
    const place = placeAt(event.currentTarget, event);
    const now = session.state.display.layers.findIndex((layer) => layer.id === id);
    if (place >= 0 && now >= 0 && place !== now) move(id, place);
  };
  const drop = () => {
    dragged.current = null;
  };

  // A row that moves in the document loses the focus.
  useLayoutEffect(() => {
    if (moved === null || document.activeElement !== document.body) return;
    list.current
      ?.querySelector<HTMLElement>(`[data-layer="${CSS.escape(moved)}"] .layer-grip`)
      ?.focus();
  });

  return (
    <>
      <ul
        ref={list}
        className="layer-list"
        onPointerMove={dragOn}
        onPointerUp={drop}
        onPointerCancel={drop}
      >
        {layers.toReversed().map((layer) => (
          <LayerRow
            key={layer.id}
            layer={layer}
            index={layers.indexOf(layer)}
            isExpanded={expanded.includes(layer.id)}
            onToggle={() => toggle(layer.id)}
            onMove={(index) => move(layer.id, index)}
            onDrag={(event) => drag(layer.id, event)}
          />
        ))}
      </ul>
      <p className="visually-hidden" role="status">
        {moved === null ? '' : placeOf(layers, moved)}
      </p>
    </>
  );
}
