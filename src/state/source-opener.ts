import { IDENTITY } from '../core/quaternion';
import type { Zyx } from '../core/vec';
import type { SourceAccess, VolumeSource } from '../engine/protocol';
import type { VolumeInfo } from '../volume/model';
import { absoluteAddress } from './absolute-address';
import { runJob } from './job-slot';
import { layersOf } from './layers';
import { rememberLocalSource } from './local-sources';
import type { Session } from './session';
import { isHandle, sourceOfHandle } from './source-picker';
import type { AppState } from './store';
import { suggestedRange } from './suggested-range';

/** What opening needs of the session. */
type Around = Pick<
  Session,
  'engine' | 'nextJob' | 'store' | 'image' | 'evaluator' | 'unread' | 'show' | 'report'
>;

/** What the page shows of a volume that was just opened, in place of the one before. */
function stateOf(volume: VolumeInfo, before: AppState): Partial<AppState> {
  return {
    volume,
    selection: volume.selection,
    lastError: null,
    histogram: null,
    histogramFailure: null,
    notices: [],
    segments: [],
    savedAt: null,
    unsaved: false,
    saveOptions: { ...before.saveOptions, name: '' },
    lastSave: null,
    positionZyx: volume.shapeZyx.map((size) => size >> 1) as unknown as Zyx,
    orientation: IDENTITY,
    fillOptions: { ...before.fillOptions, ...suggestedRange(volume), box: null },
    ffn: { ...before.ffn, seedsZyx: [] },
    imageFilter: { kind: 'none' },
  };
}

/** How a volume is opened; the signal calls it off. */
export type OpenOptions = SourceAccess & { readonly signal?: AbortSignal };

/** Opens volumes for the session: what fails is shown, and thrown. */
export class SourceOpener {
  private newest = new AbortController();

  constructor(private readonly around: Around) {}

  /** Opens a volume, a URL relative to the page; on failure what was open stays. */
  async open(source: VolumeSource, { signal, ...access }: OpenOptions = {}): Promise<VolumeInfo> {
    const { around } = this;
    const newest = new AbortController();
    this.newest = newest;
    const { store } = around;
    const absolute = typeof source === 'string' ? absoluteAddress(source) : source;
    const opening = typeof absolute === 'string' ? absolute : 'local';
    store.setState({ opening });
    try {
      const volume = await runJob(
        around,
        async (job) => {
          const readable = isHandle(source) ? await sourceOfHandle(source) : absolute;
          return around.engine.open(readable, access, job);
        },
        signal ? AbortSignal.any([signal, newest.signal]) : newest.signal,
      );
      store.setState(stateOf(volume, store.getState()));
      around.evaluator.forget();
      around.unread.forget();
      around.show({
        layers: layersOf(volume, store.getState().display.layers),
        selectedIds: [],
        hiddenIds: [],
        emphasizedIds: {},
      });
      around.image.begin();
      return volume;
    } catch (error) {
      around.report(error, 'open');
      throw error;
    } finally {
      if (store.getState().opening === opening) store.setState({ opening: null });
    }
  }

  /** Calls off what is being opened; what was open stays. */
  cancel(): void {
    this.newest.abort();
  }

  /** Opens what was picked or dropped, and remembers it where it can be. */
  async openLocal(picked: VolumeSource): Promise<VolumeInfo> {
    const volume = await this.open(picked);
    if (isHandle(picked)) await rememberLocalSource(picked);
    return volume;
  }
}
