const isEditable = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest('input, textarea, select, [contenteditable]') !== null;

/** Whether the space bar is held while the pointer is over an element; tells when that changes, until aborted. */
export function watchSpace(
  element: HTMLElement,
  signal: AbortSignal,
  changed: () => void,
): { readonly held: boolean } {
  const state = { held: false };
  let hovered = false;
  const set = (held: boolean) => {
    if (held === state.held) return;
    state.held = held;
    changed();
  };
  const hover = (event: PointerEvent) => {
    hovered = event.type === 'pointerenter';
    if (!hovered) set(false);
  };
  const key = (event: KeyboardEvent) => {
    if (event.code !== 'Space' || isEditable(event.target)) return;
    // A button that has the focus must not be pressed by the space that pans.
    if (hovered) event.preventDefault();
    set(event.type === 'keydown' && hovered);
  };
  element.addEventListener('pointerenter', hover, { signal });
  element.addEventListener('pointerleave', hover, { signal });
  window.addEventListener('keydown', key, { signal, capture: true });
  window.addEventListener('keyup', key, { signal, capture: true });
  return state;
}
