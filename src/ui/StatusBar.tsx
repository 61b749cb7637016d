import { RotateCw } from 'lucide-react';
import { isRemovable } from '../state/layers';
import type { Layer, VoxelProbe } from '../state/store';
import { BudgetMeters } from './Budget';
import { CommandButton } from './controls/CommandButton';
import { formatAskedAgain, formatRate, formatValue, shortenId } from './format';
import { useAppState } from './session-context';
import { useLasting } from './use-lasting';
import { useFrameRate, useGrowth, useSecondsUntil } from './use-rates';

const NONE = '–';
/** A shorter rest of a host need not be seen. */
const BUSY_MILLISECONDS = 1000;

/** A number that keeps its room, so that nothing beside it moves when it changes. */
function Figure(props: { text: string; width: number; className?: string; title?: string }) {
  return (
    <span
      className={`number ${props.className ?? ''}`}
      style={{ minWidth: `${props.width}ch` }}
      title={props.title}
    >
      {props.text}
    </span>
  );
}

function Position() {
  const position = useAppState((state) => state.positionZyx);
  const pointed = useAppState((state) => state.probe?.zyx);
  const volume = useAppState((state) => state.volume);
  const [z, y, x] = pointed ?? position;
  const digits = String(Math.max(...(volume?.shapeZyx ?? [999]))).length;
  const show = (at: number) => (volume ? String(at) : NONE).padStart(digits);
  return (
    <span className="status-item" title={pointed ? 'Voxel under the pointer' : 'Cross-hair'}>
      <Figure className="axis-x" text={show(x)} width={digits} title="x" />
      <Figure className="axis-y" text={show(y)} width={digits} title="y" />
      <Figure className="axis-z" text={show(z)} width={digits} title="z" />
    </span>
  );
}

/** What the pointer is over in a layer beside the image and the segmentation. */
function InLayer({ layer, probe }: { layer: Layer; probe: VoxelProbe | null }) {
  const value = probe?.layers.find(({ id }) => id === layer.id)?.value ?? null;
  const isNone = value === null || value === '0';
  const text = isNone ? NONE : typeof value === 'string' ? shortenId(value) : formatValue(value);
  return (
    <span className="status-item" title={value === null ? layer.name : `${layer.name} ${value}`}>
      <span className="status-layer ellipsis">{layer.name}</span>{' '}
      <Figure text={text} width={layer.kind === 'labels' ? 10 : 5} />
    </span>
  );
}

function UnderPointer() {
  const probe = useAppState((state) => state.probe);
  const layers = useAppState((state) => state.display.layers);
  const value = probe?.value ?? null;
  return (
    <>
      <span className="status-item" title={value === null ? undefined : String(value)}>
        value <Figure text={value === null ? NONE : shortenId(formatValue(value))} width={5} />
      </span>
      <span className="status-item">
        segment <Figure text={probe?.segmentId ? String(probe.segmentId) : NONE} width={5} />
      </span>
      {layers
        .toReversed()
        .filter((layer) => layer.visible && isRemovable(layer))
        .map((layer) => (
          <InLayer key={layer.id} layer={layer} probe={probe} />
        ))}
    </>
  );
}

function Rates() {
  const network = useGrowth('fetchedBytes');
  const frames = useFrameRate();
  return (
    <>
      <span className="status-item" title="Fetched per second">
        ↓ <Figure text={formatRate(network)} width={8} />
      </span>
      <Figure text={`${frames} fps`} width={7} title="Frames that this page draws in a second" />
    </>
  );
}

/** What could not be read, and the way to try again; nothing while there is nothing. */
function Failed() {
  const failed = useAppState((state) => state.statistics?.bricksFailed ?? 0);
  const isHistogramUnread = useAppState((state) => state.histogramFailure !== null);
  if (failed === 0 && !isHistogramUnread) return null;
  return (
    <CommandButton
      command="retry-failed"
      className="status-failed"
      icon={RotateCw}
      text={failed > 0 ? `${failed} unread` : 'histogram unread'}
    />
  );
}

/** The host that what is missing waits for, and how long; nothing while none is busy for longer. */
function Busy() {
  const busy = useAppState((state) => state.statistics?.busyHost ?? null);
  const host = useLasting(busy?.host ?? null, BUSY_MILLISECONDS);
  const seconds = useSecondsUntil(busy?.until ?? null);
  if (host === null) return null;
  return (
    <span className="status-item status-busy" title="It answered that it is busy">
      {host} is busy: asked again <Figure text={formatAskedAgain(seconds)} width={8} />
    </span>
  );
}

/** Where the pointer is and what is there; what the page uses of the machine. */
export function StatusBar() {
  return (
    <footer className="status-bar">
      <div className="status-group">
        <Position />
        <UnderPointer />
        <Failed />
        <Busy />
      </div>
      <div className="status-group">
        <BudgetMeters />
        <Rates />
      </div>
    </footer>
  );
}
