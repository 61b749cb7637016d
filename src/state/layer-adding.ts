import type { AddLayerOptions, LayerSource } from './layers';
import type { Session } from './session';
import { isHandle, type LocalSource, sourceOfHandle } from './source-picker';

/** Opens a layer that the user asked for; what fails is shown in the form, and null is returned. */
export async function addLayerShown(
  session: Session,
  picked: LocalSource | LayerSource,
  options: AddLayerOptions = {},
): Promise<string | null> {
  session.dismissNotice('layer');
  session.store.setState({ addingLayer: true });
  try {
    const source = isHandle(picked) ? await sourceOfHandle(picked) : picked;
    return await session.layers.add(source, options);
  } catch (error) {
    session.report(error, 'layer');
    return null;
  } finally {
    session.store.setState({ addingLayer: false });
  }
}
