import type { Zyx } from '../core/vec';
import type { HeldKeys } from './slice-tools';
import { watchSpace } from './space-key';
import { wheelSteps, wheelZoom } from './wheel';

/** A point of the canvas in device pixels. */
export type Pixel = readonly [x: number, y: number];

/** What the pointer can do to a slice view. */
export interface SliceTarget {
  /** The point of the canvas under a pointer. */
  pixelOf(event: MouseEvent): Pixel;
  /** The continuous voxel at a point; null while nothing is open. */
  voxelAt(pixel: Pixel): Zyx | null;
  /** Zooms by a factor, then moves so that a continuous voxel lies at a point. */
  keepAt(voxelZyx: Zyx, pixel: Pixel, zoomFactor: number): void;
  step(slices: number): void;
  /** Turns the views about a continuous voxel as the pointer goes right and down; radians. */
  turn(voxelZyx: Zyx, rightRadians: number, downRadians: number): void;
  center(voxelZyx: Zyx): void;
  /** Whether dragging with the active tool pans. */
  toolPans(): boolean;
  /** Applies the active tool to a voxel. */
  applyTool(voxelZyx: Zyx, held: HeldKeys): void;
  /** Where the pointer is; null when it left. */
  hover(pixel: Pixel | null): void;
}

/** As neuroglancer turns: a quarter of a degree a CSS pixel. */
const RADIANS_PER_PIXEL = Math.PI / 720;
/** A pointer that moves less (CSS pixels) between down and up has clicked. */
const CLICK_PIXELS = 4;

const heldWith = (event: PointerEvent): HeldKeys => ({
  shift: event.shiftKey,
  alt: event.altKey,
  mod: event.ctrlKey || event.metaKey,
});

interface Press {
  readonly from: MouseEvent;
  readonly anchor: Zyx;
  /** What dragging does. */
  readonly drags: 'pan' | 'turn' | 'nothing';
  readonly clicks: boolean;
  /** Where the pointer was last. */
  last: MouseEvent;
  moved: boolean;
}

interface Pinch {
  readonly anchor: Zyx;
  spread: number;
}

/** Turns what mouse, trackpad, pen and fingers do on a canvas into calls of `target`; returns how to stop. */
export function listenToInput(canvas: HTMLCanvasElement, target: SliceTarget): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const stepsOf = wheelSteps();
  const pointers = new Map<number, PointerEvent>();
  let press: Press | null = null;
  let pinch: Pinch | null = null;

  const space = watchSpace(canvas, signal, () => showHand());
  const isHand = () => space.held || target.toolPans();
  const showHand = () => {
    const panning = pinch !== null || (press?.drags !== 'nothing' && press?.moved === true);
    canvas.dataset.hand = panning ? 'closed' : isHand() ? 'open' : '';
  };

  const startPress = (event: PointerEvent, moved: boolean) => {
    const anchor = target.voxelAt(target.pixelOf(event));
    if (!anchor) return;
    const hand = isHand();
    const pans = hand || event.button === 1 || event.pointerType === 'touch';
    const turns = event.button === 0 && event.shiftKey;
    const drags = turns ? 'turn' : pans ? 'pan' : 'nothing';
    press = { from: event, last: event, anchor, drags, clicks: !hand && event.button === 0, moved };
  };

  const fingers = () => {
    const [a, b] = [...pointers.values()];
    if (!a || !b) return null;
    const [[ax, ay], [bx, by]] = [target.pixelOf(a), target.pixelOf(b)];
    const middle: Pixel = [(ax + bx) / 2, (ay + by) / 2];
    return { middle, spread: Math.max(1, Math.hypot(ax - bx, ay - by)) };
  };

  const down = (event: PointerEvent) => {
    if (event.button === 2) return;
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, event);
    const two = fingers();
    press = null;
    if (two) {
      const anchor = target.voxelAt(two.middle);
      pinch = anchor && { anchor, spread: two.spread };
    } else startPress(event, false);
    showHand();
  };

  const move = (event: PointerEvent) => {
    const pixel = target.pixelOf(event);
    target.hover(pixel);
    if (pointers.has(event.pointerId)) pointers.set(event.pointerId, event);
    const two = pinch && fingers();
    if (pinch && two) {
      target.keepAt(pinch.anchor, two.middle, pinch.spread / two.spread);
      pinch.spread = two.spread;
    } else if (press) {
      const { from } = press;
      const distance = Math.hypot(event.clientX - from.clientX, event.clientY - from.clientY);
      if (distance >= CLICK_PIXELS) press.moved = true;
      if (press.moved && press.drags === 'pan') target.keepAt(press.anchor, pixel, 1);
      if (press.moved && press.drags === 'turn') {
        const radians = (from: number, to: number) => (to - from) * RADIANS_PER_PIXEL;
        const { last } = press;
        target.turn(
          press.anchor,
          radians(last.clientX, event.clientX),
          radians(last.clientY, event.clientY),
        );
        press.last = event;
      }
    }
    showHand();
  };

  const up = (event: PointerEvent) => {
    if (!pointers.delete(event.pointerId)) return;
    if (pinch) {
      pinch = null;
      const left = [...pointers.values()][0];
      if (left) startPress(left, true);
    } else if (press) {
      const { clicks, moved, anchor } = press;
      press = null;
      if (clicks && !moved && event.type === 'pointerup') target.applyTool(anchor, heldWith(event));
    }
    showHand();
  };

  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    const pixel = target.pixelOf(event);
    const voxel = target.voxelAt(pixel);
    if (!voxel) return;
    if (event.ctrlKey || event.metaKey) target.keepAt(voxel, pixel, wheelZoom(event));
    else target.step(stepsOf(event));
  };

  const contextMenu = (event: MouseEvent) => {
    event.preventDefault();
    const touched = [...pointers.values()].some((pointer) => pointer.pointerType === 'touch');
    const voxel = touched ? null : target.voxelAt(target.pixelOf(event));
    press = null;
    if (voxel) target.center(voxel);
  };

  canvas.addEventListener('pointerdown', down, { signal });
  canvas.addEventListener('pointermove', move, { signal });
  canvas.addEventListener('pointerup', up, { signal });
  canvas.addEventListener('pointercancel', up, { signal });
  canvas.addEventListener('wheel', wheel, { signal, passive: false });
  canvas.addEventListener('contextmenu', contextMenu, { signal });
  canvas.addEventListener('pointerleave', () => target.hover(null), { signal });
  // Keeps the middle button from starting the browser's own scrolling.
  canvas.addEventListener('mousedown', (event) => event.button === 1 && event.preventDefault(), {
    signal,
  });
  return () => stop.abort();
}
