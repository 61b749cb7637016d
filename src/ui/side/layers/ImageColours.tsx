import { COLOUR_MAPS, type ColourMap, stopsOf } from '../../../core/colour-map';
import type { ImageLayer } from '../../../state/store';
import { Choice } from '../../controls/Choice';
import { RangeSlider } from '../../controls/RangeSlider';
import { formatBound } from '../../format';
import { useSession } from '../../session-context';
import { useLayerBounds } from '../../use-value-bounds';

const gradient = (map: ColourMap): string =>
  `linear-gradient(to right, ${stopsOf(map).map((colour) => `rgb(${colour.join(' ')})`)})`;

const ColourMapName = ({ map }: { map: ColourMap }) => (
  <span className="colour-map">
    <span className="colour-ramp" style={{ background: gradient(map) }} aria-hidden />
    {map}
  </span>
);

/** Which values of an image get which colours. */
export function ImageColours({ layer }: { layer: ImageLayer }) {
  const session = useSession();
  const bounds = useLayerBounds(layer);
  const { id, name, contrast, colourMap } = layer;
  const [low, high] = contrast;
  return (
    <>
      <div className="row row-layer">
        <span>Contrast</span>
        <RangeSlider
          values={[low, high]}
          min={bounds.low}
          max={bounds.high}
          step={bounds.step}
          labels={[`Value of ${name} in the first colour`, `Value of ${name} in the last colour`]}
          onChange={([first = low, last = high]) =>
            session.layers.set(id, { contrast: [first, Math.max(last, first + bounds.step)] })
          }
        />
        <span className="number row-value">
          {formatBound(low)}–{formatBound(high)}
        </span>
      </div>
      <div className="row row-wide">
        <span>Colours</span>
        <Choice
          label={`Colours of ${name}`}
          value={colourMap}
          options={COLOUR_MAPS}
          show={(map) => <ColourMapName map={map} />}
          onChange={(next) => session.layers.set(id, { colourMap: next })}
        />
      </div>
    </>
  );
}
