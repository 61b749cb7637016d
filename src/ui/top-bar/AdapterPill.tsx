import { Popover } from 'radix-ui';
import { useAppState } from '../session-context';
import { adapterText } from './adapter-text';

const mebibytes = (bytes: number | undefined): string =>
  bytes === undefined ? '–' : `${Math.round(bytes / 2 ** 20)} MiB`;

function Facts() {
  const state = useAppState((all) => all.adapter);
  if (state.status !== 'ready') return null;
  const { vendor, architecture, features, limits } = state.adapter;
  const rows = [
    ['vendor', vendor || '–'],
    ['architecture', architecture || '–'],
    ['largest buffer', mebibytes(limits.maxBufferSize)],
    ['largest binding', mebibytes(limits.maxStorageBufferBindingSize)],
    ['features', features.join(', ') || 'none'],
  ] as const;
  return (
    <dl className="facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Which adapter computes: green a GPU, amber software, red none; what follows from it when it is opened. */
export function AdapterPill() {
  const state = useAppState((all) => all.adapter);
  const { level, short, detail, long } = adapterText(state);
  return (
    <Popover.Root>
      <Popover.Trigger className="pill adapter-pill" title={long} aria-label={`Adapter: ${short}`}>
        <span className="lamp" data-level={level} aria-hidden />
        <span className="ellipsis">
          {short}
          {detail && <span className="adapter-detail"> · {detail}</span>}
        </span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="popover"
          sideOffset={6}
          collisionPadding={8}
          aria-label="Adapter"
        >
          <p>{long}</p>
          <Facts />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
