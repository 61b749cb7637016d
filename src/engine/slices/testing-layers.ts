/** Layers of random scenes for the tests of who draws slices: as they are drawn, and as the plain twin takes them. */

import type { ColourMap } from '../../core/colour-map';
import type { ImageDtype } from '../../core/dtype';
import type { Bounds } from '../../core/slice-geometry';
import type { Blending } from '../layer';
import type { ReferenceLayer } from './reference';
import type { SceneImage, SceneLayer, SegmentBrick } from './scene';
import type { Loaded } from './testing-bricks';

/** The segment that is being filled. */
export const FILL_ID = 17;

/** How a layer is drawn, whatever draws it. */
export interface Look {
  readonly kind: SceneLayer<unknown>['kind'];
  readonly bounds: Bounds;
  readonly opacity: number;
  readonly blending: Blending;
  readonly contrast?: readonly [number, number];
  readonly colourMap?: ColourMap;
}

/** One layer of a scene and of its twin. */
export interface BothLayers<Slot> {
  readonly drawn: SceneLayer<Slot>;
  readonly twin: ReferenceLayer;
}

const levelsOf = <Slot>(loaded: readonly Loaded<Slot>[]) => ({
  bricks: loaded.flatMap(({ drawn }) => drawn),
  failed: loaded.flatMap(({ failed }) => failed),
});

/** An image. */
export function imageLayer<Slot>(
  dtype: ImageDtype,
  bounds: Bounds,
  loaded: readonly Loaded<Slot>[],
  look: Pick<SceneImage<Slot>, 'opacity' | 'blending' | 'colourMap' | 'contrast'>,
): BothLayers<Slot> {
  const levels = loaded.map(({ twin }) => twin);
  return {
    drawn: { kind: 'image', dtype, bounds, ...levelsOf(loaded), ...look },
    twin: { kind: 'image', bounds, levels, ...look },
  };
}

/** Stored labels, with a colour for each in words. */
export function labelLayer<Slot>(
  bounds: Bounds,
  loaded: readonly Loaded<Slot>[],
  words: Uint32Array<ArrayBuffer>,
  look: Pick<Look, 'opacity' | 'blending'>,
): BothLayers<Slot> {
  const levels = loaded.map(({ twin }) => twin);
  return {
    drawn: { kind: 'labels', bounds, ...levelsOf(loaded), colours: { version: 1, words }, ...look },
    twin: { kind: 'labels', bounds, levels, colours: words, ...look },
  };
}

/** The segmentation, and the segment that is being filled. */
export function segmentsLayer<Slot>(
  bounds: Bounds,
  loaded: readonly Loaded<Slot>[],
  bricks: readonly SegmentBrick<Slot>[],
  filling: readonly Loaded<Slot>[],
  look: Pick<Look, 'opacity' | 'blending'>,
): BothLayers<Slot> {
  // What is being filled has no bricks of its own: its bits lie elsewhere.
  const whole = ({ twin }: Loaded<Slot>) => ({ ...twin, isFailed: () => false });
  return {
    drawn: { kind: 'segments', bounds, ...levelsOf(loaded), bricks, ...look },
    twin: {
      kind: 'segments',
      bounds,
      levels: loaded.map(({ twin }) => twin),
      fills: filling.map((one) => ({ ...whole(one), id: FILL_ID })),
      ...look,
    },
  };
}
