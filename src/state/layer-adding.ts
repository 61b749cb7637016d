import type { AddLayerOptions, LayerSource } from './layers';
import type { Session } from './session';
import type { pickFolder } from './source-picker';

/** Opens a layer that the user asked for; what fails is shown in the form, and null is returned. */
export async function addLayerShown(
  session: Session,
  source: LayerSource,
  options: AddLayerOptions = {},
): Promise<string | null> {
  session.dismissNotice('layer');
  session.store.setState({ addingLayer: true });
  try {
    return await session.layers.add(source, options);
  } catch (error) {
    session.report(error, 'layer');
    return null;
  } finally {
    session.store.setState({ addingLayer: false });
  }
}

/** Asks for a folder or a zip, and adds what was picked: where that fails, the session has said so. */
export async function addPickedLayer(
  session: Session,
  pick: typeof pickFolder,
  options: AddLayerOptions = {},
): Promise<void> {
  const picked = await pick();
  if (await addLayerShown(session, picked, options)) session.setLayerAdderOpen(false);
}
