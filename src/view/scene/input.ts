import { MOUSE } from 'three';
import type { OrbitControls } from 'three/addons/controls/OrbitControls.js';

/** A pointer that moves less (CSS pixels) between down and up has clicked. */
const CLICK_PIXELS = 4;

/** Gives the left button to turning, the middle one and a right drag to panning. */
export function bindButtons(controls: OrbitControls): void {
  controls.mouseButtons = { LEFT: MOUSE.ROTATE, MIDDLE: MOUSE.PAN, RIGHT: MOUSE.PAN };
}

/** Tells clicks from drags: the event that ended a click of the left or the right button. Returns how to stop. */
export function listenToClicks(
  element: HTMLElement,
  clicked: (event: PointerEvent, button: 'left' | 'right') => void,
): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  let pressed: PointerEvent | null = null;
  element.addEventListener(
    'pointerdown',
    (event) => {
      pressed = event.isPrimary ? event : null;
    },
    { signal },
  );
  element.addEventListener(
    'pointerup',
    (event) => {
      const from = pressed;
      pressed = null;
      if (from?.pointerId !== event.pointerId || from.button !== event.button) return;
      const distance = Math.hypot(event.clientX - from.clientX, event.clientY - from.clientY);
      if (distance >= CLICK_PIXELS || event.button === 1) return;
      clicked(event, event.button === 2 ? 'right' : 'left');
    },
    { signal },
  );
  element.addEventListener('contextmenu', (event) => event.preventDefault(), { signal });
  return () => stop.abort();
}
