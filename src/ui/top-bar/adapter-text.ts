import type { AdapterInfo, AdapterState, BackendInfo } from '../../state/store';

/** What is said of an adapter and a backend: in a pill, and at length with what follows from it. */
export interface AdapterText {
  readonly level: 'ok' | 'warning' | 'danger' | 'unknown';
  readonly short: string;
  /** What is added to the short text where there is room. */
  readonly detail: string;
  readonly long: string;
}

const nameOf = ({ description, vendor, architecture }: AdapterInfo): string =>
  description || [vendor, architecture].filter(Boolean).join(' ') || 'GPU';

const threadsOf = ({ threads }: BackendInfo): string =>
  `${threads} thread${threads === 1 ? '' : 's'}`;

/** What the GPU does, in a sentence: drawing, and where it is the backend, filling. */
function adapterLong(adapter: AdapterInfo, backend: BackendInfo): string {
  const name = nameOf(adapter);
  const work = backend.id === 'webgpu' ? 'Slices are drawn and fills computed' : 'Slices are drawn';
  return adapter.isSoftware
    ? `${work} by ${name}, which computes on the processor what a GPU would. Turn on hardware acceleration in the browser’s settings to use a GPU.`
    : `${work} by ${name}.`;
}

/** Says in words which adapter is in use, what segmentations run on, and why. */
export function adapterText(state: AdapterState, backend: BackendInfo | null): AdapterText {
  if (state.status === 'starting' || !backend) {
    return { level: 'unknown', short: 'starting', detail: '', long: 'The GPU is being set up.' };
  }
  const onCpu = backend.id === 'cpu';
  const fills = onCpu
    ? ` Fills run on the processor in ${threadsOf(backend)}. ${backend.reason}`
    : ` ${backend.reason}`;
  if (state.status === 'missing') {
    return {
      level: 'danger',
      short: 'no GPU',
      detail: `CPU, ${threadsOf(backend)}`,
      long: `${state.reason} The processor draws the slices meanwhile.${fills}`,
    };
  }
  const { adapter } = state;
  const long = adapterLong(adapter, backend) + fills;
  const cpu = `CPU, ${threadsOf(backend)}`;
  if (adapter.isSoftware) {
    const detail = onCpu ? cpu : adapter.architecture || nameOf(adapter);
    return { level: 'warning', short: 'software', detail, long };
  }
  const extras = [
    adapter.features.includes('shader-f16') ? 'f16' : '',
    adapter.features.includes('subgroups') ? 'subgroups' : '',
  ].filter(Boolean);
  const detail = onCpu ? cpu : extras.join(' · ');
  return { level: 'ok', short: nameOf(adapter), detail, long };
}
