import type { Zyx } from '../core/vec';
import type { FfnParams, FfnRequest, SegmentInfo, Steering } from '../engine/protocol';
import { chosenModel, type FfnOptions, type FfnState, paramsOf } from './ffn-options';
import { formatNumber } from './format-number';
import type { Session } from './session';

/** What the tool needs of the session. */
type Around = Pick<Session, 'store' | 'runs' | 'select' | 'report' | 'inform'>;

const NO_MODEL =
  'There is no model yet: a flood-filling network has to be imported before it can grow anything. Choose “Manage models…” and drop a checkpoint of google/ffn there.';
const NOTHING_TO_STEER =
  'There is nothing to steer: Shift- and Alt-click change an object that a network grows now, or the one selected segment that it grew.';

/** A segment that a network grew. */
type FfnSegment = SegmentInfo & { readonly algorithm: 'ffn'; readonly params: FfnParams };

const isFfn = (info: SegmentInfo | undefined): info is FfnSegment => info?.algorithm === 'ffn';

/** The FFN tool, for the session: clicks that grow objects, and those that steer them. Errors are shown, not thrown. */
export class FfnTool {
  constructor(private readonly around: Around) {}

  get state(): FfnState {
    return this.around.store.getState().ffn;
  }

  setOptions(changes: Partial<FfnOptions>): void {
    this.set({ options: { ...this.state.options, ...changes } });
  }

  /** Collects a seed: the next `growAt` grows an object of each. */
  collect(seedZyx: Zyx): void {
    this.set({ seedsZyx: [...this.state.seedsZyx, seedZyx] });
  }

  dropSeeds(): void {
    this.set({ seedsZyx: [] });
  }

  /** Grows an object from a voxel with the panel's options, and one of each seed that was collected before. */
  async growAt(zyx: Zyx): Promise<void> {
    if (this.around.runs.keepsVolume()) return;
    const { seedsZyx, options } = this.state;
    const [seedZyx = zyx, ...moreSeedsZyx] = [...seedsZyx, zyx];
    this.dropSeeds();
    const model = chosenModel(this.around.store.getState());
    if (!model) {
      this.around.inform(NO_MODEL, 'ffn');
      return;
    }
    await this.grow({
      algorithm: 'ffn',
      seedZyx,
      params: paramsOf(options, model.id),
      ...(moreSeedsZyx.length > 0 ? { moreSeedsZyx } : {}),
    });
  }

  /** Gives the object that grows, or the selected one, another seed. */
  async addSeed(seedZyx: Zyx): Promise<void> {
    await this.steer({ seedZyx }, ({ seedsZyx = [], ...params }) => ({
      ...params,
      seedsZyx: [...seedsZyx, seedZyx],
    }));
  }

  /** Keeps the object that grows, or the selected one, out of a ball; what is finished grows anew. */
  async addBlock(zyx: Zyx): Promise<void> {
    const block = { zyx, radius: this.state.options.blockRadius };
    await this.steer({ block }, ({ blocks = [], ...params }) => ({
      ...params,
      blocks: [...blocks, block],
    }));
  }

  private set(changes: Partial<FfnState>): void {
    this.around.store.setState({ ffn: { ...this.state, ...changes } });
  }

  private async steer(steering: Steering, changed: (params: FfnParams) => FfnParams) {
    try {
      if (await this.around.runs.steer(steering)) return;
    } catch (error) {
      this.around.report(error, 'ffn');
      return;
    }
    const { segments, display, running } = this.around.store.getState();
    const [id, ...others] = display.selectedIds;
    const info = segments.find((segment) => segment.id === id);
    if (running || others.length > 0 || !isFfn(info)) {
      this.around.inform(NOTHING_TO_STEER, 'ffn');
      return;
    }
    // How far, and how: of now, not of when it grew.
    const { maxSteps, precision } = this.state.options;
    const { maxSteps: _, ...params } = changed(info.params);
    await this.grow({
      algorithm: 'ffn',
      seedZyx: info.seedZyx,
      params: { ...params, precision, ...(maxSteps === null ? {} : { maxSteps }) },
      regrow: info.id,
    });
  }

  private async grow(request: FfnRequest): Promise<void> {
    const { box } = this.around.store.getState().fillOptions;
    try {
      const result = await this.around.runs.segment({ ...request, ...(box ? { box } : {}) });
      this.around.select([result, ...(result.more ?? [])].map(({ id }) => id));
      const { discarded = 0 } = result;
      if (discarded > 0)
        this.around.inform(
          `${formatNumber(discarded)} of ${formatNumber(1 + (request.moreSeedsZyx?.length ?? 0))} seeds came to nothing: too little grew there, the network did not believe in them, or another of these objects had them already.`,
          'ffn',
        );
      if (result.unreadBricks > 0)
        this.around.inform(
          `${formatNumber(result.unreadBricks)} bricks that the network was to see could not be read: the object may go on there.`,
          'unread',
        );
    } catch (error) {
      this.around.report(error, 'ffn');
    }
  }
}
