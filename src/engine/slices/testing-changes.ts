/** What is changed in random scenes for the tests of who draws slices. */

import type { Blending } from '../layer';
import type { Look } from './testing-layers';
import type { RandomScene } from './testing-scene';

/** What may differ in a scene that is drawn and in its twin alike. */
interface Change {
  readonly selectedIds?: readonly number[];
  readonly hiddenIds?: readonly number[];
  /** A layer as it is shown then; null where it is not. */
  readonly layer?: (look: Look) => Partial<Look> | null;
}

/** The scene with another look. */
export function withChange<Slot>(
  drawn: RandomScene<Slot>,
  { layer, ...changes }: Change,
): RandomScene<Slot> {
  const change = <L extends Look>(layers: readonly L[]): L[] =>
    layers.flatMap((one) => {
      const changed = layer ? layer(one) : {};
      return changed === null ? [] : [{ ...one, ...changed }];
    });
  return {
    ...drawn,
    scene: { ...drawn.scene, ...changes, layers: change(drawn.scene.layers) },
    twin: { ...drawn.twin, ...changes, layers: change(drawn.twin.layers) },
  };
}

const only =
  (...kinds: Look['kind'][]) =>
  ({ kind }: Look) =>
    kinds.includes(kind) ? {} : null;
const blended = (blending: Blending): Change => ({ layer: () => ({ blending }) });

/** Changes of a scene, by what is special in them. */
export const CHANGES: Readonly<Record<string, Change>> = {
  'no image': { layer: only('labels', 'segments') },
  'no segments': { layer: only('image', 'labels') },
  'no stored labels': { layer: only('image', 'segments') },
  'images alone': { layer: only('image') },
  'segments alone': { layer: only('segments') },
  'nothing at all': { layer: () => null },
  'ids that no table holds yet': { selectedIds: [4_000_017, 1], hiddenIds: [] },
  'full opacity': { layer: () => ({ opacity: 1 }) },
  'no opacity': { layer: () => ({ opacity: 0 }) },
  'a threshold': { layer: ({ kind }) => (kind === 'image' ? { contrast: [128, 128] } : {}) },
  'all added': blended('additive'),
  'all multiplied': blended('multiply'),
  ...Object.fromEntries(
    (['inverted', 'viridis', 'cyan'] as const).map((colourMap): [string, Change] => [
      `images in ${colourMap}`,
      { layer: ({ kind }) => (kind === 'image' ? { colourMap } : {}) },
    ]),
  ),
};
