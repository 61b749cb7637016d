import { RangeSlider } from '../controls/RangeSlider';
import { VisibilityButton } from '../controls/VisibilityButton';
import { formatValue } from '../format';
import { useAppState, useSession } from '../session-context';
import { useValueBounds } from '../use-value-bounds';
import { AxisSelector } from './AxisSelector';
import { ImageFilterChoice } from './ImageFilterChoice';
import { ReferenceLayer } from './ReferenceLayer';

function ImageLayer() {
  const session = useSession();
  const [low, high] = useAppState((state) => state.display.contrast);
  const visible = useAppState((state) => state.display.imageVisible);
  const bounds = useValueBounds();
  return (
    <div className="row row-layer">
      <span>EM</span>
      <RangeSlider
        values={[low, high]}
        min={bounds.low}
        max={bounds.high}
        step={bounds.step}
        labels={['Value drawn black', 'Value drawn white']}
        onChange={([black = low, white = high]) =>
          session.setDisplay({ contrast: [black, Math.max(white, black + bounds.step)] })
        }
      />
      <span className="number row-value">
        {formatValue(low)}–{formatValue(high)}
      </span>
      <VisibilityButton
        what="the EM"
        visible={visible}
        onChange={(imageVisible) => session.setDisplay({ imageVisible })}
      />
    </div>
  );
}

function SegmentLayer() {
  const session = useSession();
  const opacity = useAppState((state) => state.display.labelOpacity);
  const visible = useAppState((state) => state.display.labelsVisible);
  const percent = `${Math.round(opacity * 100)} %`;
  return (
    <div className="row row-layer">
      <span>Segments</span>
      <RangeSlider
        values={[opacity]}
        min={0}
        max={1}
        step={0.01}
        labels={['Opacity of the segments']}
        valueText={percent}
        onChange={([value = opacity]) => session.setDisplay({ labelOpacity: value })}
      />
      <span className="number row-value">{percent}</span>
      <VisibilityButton
        what="the segments’ layer"
        visible={visible}
        onChange={(labelsVisible) => session.setDisplay({ labelsVisible })}
      />
    </div>
  );
}

/** What is drawn in the slices, and how strongly. */
export function LayersSection() {
  const labels = useAppState((state) => state.volume?.labels);
  return (
    <section className="section layers" aria-label="Layers">
      <header className="section-head">
        <h2>Layers</h2>
      </header>
      <ImageLayer />
      <AxisSelector />
      <ImageFilterChoice />
      <SegmentLayer />
      {labels && labels.length > 0 && <ReferenceLayer layers={labels} />}
    </section>
  );
}
