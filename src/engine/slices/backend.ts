import type { BrickLru } from '../../core/brick-lru';
import type { SliceView, ViewId } from '../../core/slice-geometry';
import type { SliceScene } from './scene';

/** A canvas that one slice view is drawn on. */
export interface SliceTarget<Slot> {
  /** Sets the size in device pixels, at least 1 × 1; what was drawn is gone when it changes. */
  resize(widthPixels: number, heightPixels: number): void;
  /** Draws onto all of the canvas, whose size takes the place of the view's. */
  draw(view: SliceView, scene: SliceScene<Slot>): void;
}

/** Who draws slices, and where the bricks for that lie: the GPU, or the processor. Both draw the same pixels. */
export interface SliceBackend<Slot> {
  /** What all brick pools may take together. */
  readonly budgetBytes: number;
  createPool(label: string, bytesPerVoxel: number, limitBytes: number): BrickLru<Slot>;
  /** UNSUPPORTED_BROWSER where the canvas cannot be drawn on in this way. */
  createTarget(viewId: ViewId, canvas: OffscreenCanvas): SliceTarget<Slot>;
  /** Resolves when all that was drawn is done. */
  done(): Promise<void>;
}

/** Sets a canvas's size in device pixels, rounded, at least 1 × 1; a canvas of that size keeps what is on it. */
export function resizeCanvas(
  canvas: OffscreenCanvas,
  widthPixels: number,
  heightPixels: number,
): void {
  const width = Math.max(1, Math.round(widthPixels));
  const height = Math.max(1, Math.round(heightPixels));
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}
