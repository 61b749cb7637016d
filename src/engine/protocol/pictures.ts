import type { SliceView, ViewId } from '../../core/slice-geometry';

/** A picture of the slice views, told once the adapter is done with it. Times are of the clock, in milliseconds since 1970. */
export interface SlicePicture {
  /** How each view in it looks at the volume. */
  readonly views: { readonly [view in ViewId]?: SliceView };
  readonly startedAt: number;
  readonly doneAt: number;
}
