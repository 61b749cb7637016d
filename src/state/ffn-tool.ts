import { FloodlightError } from '../core/errors';
import type { Zyx } from '../core/vec';
import type { FfnParams, FfnRequest, Steering } from '../engine/protocol';
import { type FfnMark, type FfnSegment, ffnMarks, isFfnSegment, isRemovable } from './ffn-marks';
import { chosenModel, type FfnOptions, type FfnState, paramsOf } from './ffn-options';
import { formatNumber } from './format-number';
import type { Session } from './session';

/** What the tool needs of the session. */
type Around = Pick<Session, 'store' | 'runs' | 'select' | 'report' | 'inform'>;

const NO_MODEL =
  'There is no model yet: a flood-filling network has to be imported before it can grow anything. Choose “Manage models…” and drop a checkpoint of google/ffn there.';
const NOTHING_TO_STEER =
  'There is nothing to steer: Shift- and Alt-click change an object that a network grows now, or the one selected segment that it grew.';

/** The FFN tool, for the session: clicks that grow objects, and those that steer them. Errors are shown, not thrown. */
export class FfnTool {
  constructor(private readonly around: Around) {}

  get state(): FfnState {
    return this.around.store.getState().ffn;
  }

  setOptions(changes: Partial<FfnOptions>): void {
    this.set({ options: { ...this.state.options, ...changes } });
  }

  /** Collects a seed: the next `growAt` grows an object of each. Throws NO_VOLUME or OUTSIDE_VOLUME. */
  collect(seedZyx: Zyx): void {
    const { volume } = this.around.store.getState();
    if (!volume) throw new FloodlightError('NO_VOLUME', {});
    const { shapeZyx } = volume;
    const isInside = (at: number, axis: number) => at >= 0 && at < (shapeZyx[axis] ?? 0);
    if (!seedZyx.every(Number.isInteger) || !seedZyx.every(isInside))
      throw new FloodlightError('OUTSIDE_VOLUME', { zyx: seedZyx, shapeZyx });
    this.set({ seedsZyx: [...this.state.seedsZyx, seedZyx] });
  }

  /** Drops all seeds that were collected. */
  dropSeeds(): void {
    this.set({ seedsZyx: [] });
  }

  dropLastSeed(): void {
    this.set({ seedsZyx: this.state.seedsZyx.slice(0, -1) });
  }

  /** Seeds and blocks as the slices mark them. */
  get marks(): readonly FfnMark[] {
    return ffnMarks(this.around.store.getState());
  }

  /**
   * Takes a seed or a block away: one that waits at once; without one of a finished segment that grows anew. False where it cannot be, or is
   * no more.
   */
  async removeMark({ kind, of, index }: FfnMark): Promise<boolean> {
    const { running, segments } = this.around.store.getState();
    const mark = this.marks.find(
      (known) => known.kind === kind && known.of === of && known.index === index,
    );
    if (!mark || !isRemovable(mark, running)) return false;
    const isOther = (_: unknown, at: number) => at !== index;
    if (of === 'next') this.set({ seedsZyx: this.state.seedsZyx.filter(isOther) });
    const info = segments.find((segment) => segment.id === of);
    if (!isFfnSegment(info)) return of === 'next';
    const { seedsZyx = [], blocks = [] } = info.params;
    await this.regrow(
      info,
      kind === 'seed'
        ? { ...info.params, seedsZyx: seedsZyx.filter(isOther) }
        : { ...info.params, blocks: blocks.filter(isOther) },
    );
    return true;
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
    if (running || others.length > 0 || !isFfnSegment(info)) {
      this.around.inform(NOTHING_TO_STEER, 'ffn');
      return;
    }
    await this.regrow(info, changed(info.params));
  }

  /** Grows a segment anew, or on, with other seeds and blocks, and the panel's number of steps and precision. */
  private async regrow({ id, seedZyx }: FfnSegment, changed: FfnParams): Promise<void> {
    // How far, and how: of now, not of when it grew.
    const { maxSteps, precision } = this.state.options;
    const { maxSteps: _, ...params } = changed;
    await this.grow({
      algorithm: 'ffn',
      seedZyx,
      params: { ...params, precision, ...(maxSteps === null ? {} : { maxSteps }) },
      regrow: id,
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
