import { Popover } from 'radix-ui';
import { BACKEND_CHOICES } from '../../state/backend-choice';
import { Segmented } from '../controls/Segmented';
import { useAppState, useSession } from '../session-context';
import { adapterText } from './adapter-text';
import { GpuAdvice } from './GpuAdvice';

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

function BackendChoices() {
  const session = useSession();
  const choice = useAppState((state) => state.backend?.choice);
  if (!choice) return null;
  return (
    <div className="row row-wide adapter-backend">
      <span>Fills run on</span>
      <Segmented
        label="Fills run on"
        value={choice}
        options={BACKEND_CHOICES}
        onChange={(value) =>
          session.machine.setBackend(value).catch((error) => session.report(error, 'backend'))
        }
      />
    </div>
  );
}

/** Which adapter draws and what fills run on: green a GPU, amber software, red none; the choice when it is opened. */
export function AdapterPill() {
  const state = useAppState((all) => all.adapter);
  const backend = useAppState((all) => all.backend);
  const { level, short, detail, long } = adapterText(state, backend);
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
          {state.status === 'missing' && <GpuAdvice />}
          <BackendChoices />
          <Facts />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
