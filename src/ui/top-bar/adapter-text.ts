import type { AdapterInfo, AdapterState } from '../../state/store';

/** What is said of an adapter: in a pill, and at length with what follows from it. */
export interface AdapterText {
  readonly level: 'ok' | 'warning' | 'danger' | 'unknown';
  readonly short: string;
  /** What is added to the short text where there is room. */
  readonly detail: string;
  readonly long: string;
}

const nameOf = ({ description, vendor, architecture }: AdapterInfo): string =>
  description || [vendor, architecture].filter(Boolean).join(' ') || 'GPU';

/** Says in words which adapter is in use and what follows from it. */
export function adapterText(state: AdapterState): AdapterText {
  if (state.status === 'starting') {
    return { level: 'unknown', short: 'starting', detail: '', long: 'The GPU is being set up.' };
  }
  if (state.status === 'missing') {
    return {
      level: 'danger',
      short: 'no GPU',
      detail: '',
      long: `${state.reason} Until then nothing is drawn and nothing can be filled.`,
    };
  }
  const { adapter } = state;
  const name = nameOf(adapter);
  if (adapter.isSoftware) {
    return {
      level: 'warning',
      short: 'software',
      detail: adapter.architecture || name,
      long: `${name} computes on the processor what a GPU would: all results are the same, fills and drawing take many times longer. Turn on hardware acceleration in the browser’s settings to use a GPU.`,
    };
  }
  const extras = [
    adapter.features.includes('shader-f16') ? 'f16' : '',
    adapter.features.includes('subgroups') ? 'subgroups' : '',
  ].filter(Boolean);
  return {
    level: 'ok',
    short: name,
    detail: extras.join(' · '),
    long: `Slices, fills and surfaces are computed on ${name}.`,
  };
}
