import { Trash2 } from 'lucide-react';
import { BLENDINGS, isRemovable, VOLUME_LAYER } from '../../../state/layers';
import type { Layer } from '../../../state/store';
import { Segmented } from '../../controls/Segmented';
import { useSession } from '../../session-context';
import { LayerAxesChoice, VolumeAxes } from '../AxisSelector';
import { ImageFilterChoice } from '../ImageFilterChoice';
import { ImageColours } from './ImageColours';

/** What of a layer can be set, but for what its row has. */
export function LayerDetails({ layer }: { layer: Layer }) {
  const session = useSession();
  const { id, name, blending, origin } = layer;
  const remove = () =>
    session.layers.remove(id).catch((error: unknown) => session.report(error, 'layer'));
  return (
    <>
      {layer.kind === 'image' && <ImageColours layer={layer} />}
      {id === VOLUME_LAYER ? <VolumeAxes /> : <LayerAxesChoice layer={layer} />}
      {id === VOLUME_LAYER && <ImageFilterChoice />}
      <div className="row row-wide">
        <span>Blending</span>
        <div className="layer-last">
          <Segmented
            label={`Blending of ${name}`}
            value={blending}
            options={BLENDINGS}
            onChange={(next) => session.layers.set(id, { blending: next })}
          />
          {isRemovable(layer) && (
            <button
              type="button"
              className="icon-button"
              aria-label={`Remove ${name}`}
              title={origin.from === 'source' ? `Remove ${origin.url}` : `Remove ${name}`}
              onClick={remove}
            >
              <Trash2 aria-hidden />
            </button>
          )}
        </div>
      </div>
    </>
  );
}
