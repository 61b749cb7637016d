import type { Orbit } from './orbit';

/** A pointer that moves less (CSS pixels) between down and up has clicked. */
const CLICK_PIXELS = 4;
/** What a wheel multiplies the distance by, for each pixel. */
const ZOOM_PER_PIXEL = 0.95 ** (2 / 100);
const PIXELS_OF_MODES = [1, 16, 100];
/** Of a pinch on a trackpad browsers tell fewer pixels. */
const PINCH = 10;
/** How much more two fingers zoom than they are spread. */
const SPREAD_POWER = 2;

/**
 * Turns, pans and zooms by mouse, trackpad, pen and fingers: the left button turns, the middle and the right one pan, and the other
 * way around with Shift, Ctrl or Meta; one finger turns, two pan and zoom. Returns how to stop.
 */
export function listenToOrbit(element: HTMLElement, orbit: Orbit): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  /** Those that are down, where they were last. */
  const pointers = new Map<number, PointerEvent>();
  let drags: 'turn' | 'pan' | 'nothing' = 'nothing';
  let isControlHeld = false;

  const zoomAt = (factor: number, clientX: number, clientY: number) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    const at = [(2 * (clientX - left)) / width - 1, 1 - (2 * (clientY - top)) / height] as const;
    orbit.zoom(factor, at, width / height);
  };
  const drag = (right: number, down: number) => {
    const height = element.clientHeight;
    if (drags === 'pan') orbit.pan(right / height, down / height);
    else if (drags === 'turn')
      orbit.turn((2 * Math.PI * right) / height, (2 * Math.PI * down) / height);
  };
  const pinch = (before: PointerEvent, event: PointerEvent, other: PointerEvent) => {
    const height = element.clientHeight;
    const [right, down] = [event.clientX - before.clientX, event.clientY - before.clientY];
    const spreadOf = ({ clientX, clientY }: PointerEvent) =>
      Math.max(1, Math.hypot(clientX - other.clientX, clientY - other.clientY));
    orbit.pan(right / 2 / height, down / 2 / height);
    zoomAt(
      (spreadOf(before) / spreadOf(event)) ** SPREAD_POWER,
      (event.clientX + other.clientX) / 2,
      (event.clientY + other.clientY) / 2,
    );
  };

  element.addEventListener(
    'pointerdown',
    (event) => {
      element.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, event);
      const other = event.ctrlKey || event.metaKey || event.shiftKey;
      const isLeft = event.button === 0;
      const isOurs = isLeft || event.button === 1 || event.button === 2;
      if (event.pointerType === 'touch') drags = 'turn';
      else drags = isOurs ? (isLeft === other ? 'pan' : 'turn') : 'nothing';
    },
    { signal },
  );
  element.addEventListener(
    'pointermove',
    (event) => {
      const before = pointers.get(event.pointerId);
      if (!before) return;
      pointers.set(event.pointerId, event);
      const [other, ...more] = [...pointers.values()].filter((pointer) => pointer !== event);
      if (other && more.length === 0) pinch(before, event, other);
      else if (!other) drag(event.clientX - before.clientX, event.clientY - before.clientY);
    },
    { signal },
  );
  for (const type of ['pointerup', 'pointercancel'] as const)
    element.addEventListener(type, ({ pointerId }) => void pointers.delete(pointerId), { signal });
  element.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      if (pointers.size > 0) return;
      const { deltaY, deltaMode, clientX, clientY } = event;
      const isPinch = event.ctrlKey && !isControlHeld;
      const pixels = deltaY * (PIXELS_OF_MODES[deltaMode] ?? 1) * (isPinch ? PINCH : 1);
      zoomAt(ZOOM_PER_PIXEL ** -pixels, clientX, clientY);
    },
    { signal, passive: false },
  );
  for (const type of ['keydown', 'keyup'] as const)
    window.addEventListener(
      type,
      ({ key }) => {
        if (key === 'Control') isControlHeld = type === 'keydown';
      },
      { signal, capture: true },
    );
  return () => stop.abort();
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
