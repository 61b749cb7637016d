import { isAbort } from '../core/errors';
import type { AxisSelection, ImageFilter } from '../engine/protocol';
import { ChannelLooks } from './channel-looks';
import { VOLUME_LAYER } from './layers';
import type { Session } from './session';
import type { FillOptions } from './store';
import { suggestedRange } from './suggested-range';

/** What looking at the image needs of the session. */
type Around = Pick<Session, 'engine' | 'store' | 'layers' | 'fill' | 'unread'>;

/** What suits one channel: its contrast, and the values that fills take. */
interface ChannelLook extends Pick<FillOptions, 'low' | 'high'> {
  readonly contrast: readonly [low: number, high: number];
}

/** What is not needed for a first look waits no longer for it than this. */
const LATE_MILLISECONDS = 500;

/** How the open volume's image is looked at: which time and channel, through which filter; and its histogram. */
export class ImageLook {
  private readonly channels = new ChannelLooks<ChannelLook>();

  constructor(private readonly around: Around) {}

  /** Another volume is open. */
  begin(): void {
    this.channels.clear();
    void this.readHistogramAfterViews();
  }

  /** Has the image seen and filled through a filter; BAD_PARAMETERS where it cannot be. */
  async setFilter(filter: ImageFilter): Promise<void> {
    await this.around.engine.setImageFilter(filter);
    this.around.store.setState({ imageFilter: filter });
    void this.readHistogram();
  }

  /**
   * Looks at another time or channel, and layers that have not chosen their own follow; each channel keeps its contrast and its
   * range of fills. BAD_PARAMETERS for what is not there.
   */
  async selectAxes(changes: Partial<AxisSelection>): Promise<AxisSelection> {
    const { engine, store, layers, fill } = this.around;
    const { volume, layers: seen } = await engine.selectAxes(changes);
    const { selection } = volume;
    const { selection: before, display, fillOptions } = store.getState();
    store.setState({ selection });
    layers.show(seen);
    const image = display.layers.find(({ id }) => id === VOLUME_LAYER);
    if (selection.c !== before.c && image?.kind === 'image') {
      const { contrast } = image;
      const { low, high } = fillOptions;
      const atFirst = { contrast: volume.contrast, ...suggestedRange(volume) };
      const look = this.channels.exchange(before.c, { contrast, low, high }, selection.c, atFirst);
      layers.set(VOLUME_LAYER, { contrast: look.contrast });
      fill.setOptions({ low: look.low, high: look.high });
      void this.readHistogram();
    }
    return selection;
  }

  /** Once the views show the volume: on slow graphics each picture of the page keeps theirs waiting. */
  private async readHistogramAfterViews(): Promise<void> {
    const late = new Promise((resolve) => setTimeout(resolve, LATE_MILLISECONDS));
    await Promise.race([this.around.engine.settled(), late]).catch(() => {});
    void this.readHistogram();
  }

  /** Reads again what could not be read: bricks, and the histogram. */
  readAgain(): void {
    const { engine, store } = this.around;
    engine.retryFailed();
    if (store.getState().histogramFailure) void this.readHistogram();
  }

  private async readHistogram(): Promise<void> {
    const { engine, store, unread } = this.around;
    const { volume, histogramFailure } = store.getState();
    const isOld = () => store.getState().volume !== volume;
    try {
      const histogram = await engine.histogram();
      if (isOld()) return;
      store.setState({ histogram, histogramFailure: null });
      if (histogramFailure) unread.drop(histogramFailure);
    } catch (error) {
      if (isOld() || isAbort(error) || !(error instanceof Error)) return;
      store.setState({ histogramFailure: error });
      unread.add(error);
    }
  }
}
