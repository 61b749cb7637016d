import type { SavedLabels } from '../engine/protocol';
import type { Layers } from './layers';
import { sourceOfHandle } from './source-picker';
import type { AppState } from './store';

/**
 * Opens the layers anew that show what has just been saved over: what they were opened from is there no more. Their place and
 * look stay.
 */
export async function reopenLayers(
  layers: Layers,
  shown: AppState['display']['layers'],
  saved: Exclude<SavedLabels, Blob>,
): Promise<void> {
  for (const [index, layer] of shown.entries()) {
    const { id, kind, name, origin, visible, opacity, blending } = layer;
    if (origin.from !== 'source' || origin.url !== `local:${saved.name}`) continue;
    const source = await sourceOfHandle(saved);
    await layers.add(source, { index, kind, name, visible, opacity, blending });
    await layers.remove(id);
  }
}
