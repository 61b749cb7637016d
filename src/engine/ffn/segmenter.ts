import type { ByteFile } from '../../core/byte-file';
import { FloodlightError } from '../../core/errors';
import { detailsOf } from '../../models/details';
import { CanvasStore } from '../../segment/ffn/canvas-store';
import type { FfnModel } from '../../segment/ffn/model';
import type { FfnObject } from '../../segment/ffn/object';
import type { CheckedFfnParams } from '../../segment/ffn/params';
import type { Volume } from '../../volume/model';
import { type Budgets, fillBytes } from '../budgets';
import type { Backends, JobControl } from '../jobs';
import type { FillProgress, FillResult, VolumeResult } from '../protocol';
import type { CheckedFfn, CheckedVolume } from '../request';
import type { Scheduler } from '../scheduler/scheduler';
import type { Segmentation } from '../segmentation';
import { FfnRun } from './ffn-run';
import { type NetworkBackend, Networks, requirePrecision } from './networks';
import { RunJournal } from './volume/run-journal';
import { VolumeRun } from './volume/volume-run';

export interface FfnSurroundings {
  readonly scheduler: Scheduler;
  readonly backends: Backends<NetworkBackend>;
  /** UNKNOWN_MODEL, BAD_MODEL. */
  loadModel(id: string): Promise<FfnModel>;
  budgets(): Budgets;
  /** For logits that do not fit into memory; undefined where there is no disk. */
  openSpillFile(): Promise<ByteFile | undefined>;
  /** Where what the last run over a volume has done outlives the tab; undefined where there is no disk. */
  openRunFile(): Promise<ByteFile | undefined>;
  /** What a run has done could not be kept; it goes on. */
  onJournalTrouble(error: unknown): void;
  onProgress(job: number, progress: FillProgress): void;
}

/** An object that can go on: what its segment was grown with, and after how many steps. */
interface Kept {
  readonly segmentation: Segmentation;
  readonly volume: Volume;
  readonly model: FfnModel;
  readonly id: number;
  readonly object: FfnObject;
  readonly params: CheckedFfnParams;
  readonly box: CheckedFfn['box'];
}

/** Grows segments by flood-filling networks, one request at a time; the last one's object is kept, to go on from other seeds. */
export class FfnSegmenter {
  private readonly networks = new Networks();
  private file: Promise<ByteFile | undefined> | undefined;
  private store: CanvasStore | undefined;
  private kept: Kept | undefined;

  constructor(private readonly around: FfnSurroundings) {}

  /** What logits take in memory. */
  get memoryBytes(): number {
    return this.store?.memoryBytes ?? 0;
  }

  /** What they take on the disk. */
  get fileBytes(): number {
    return this.store?.fileBytes ?? 0;
  }

  /**
   * Runs a request to its end. UNKNOWN_MODEL, PRECISION_UNAVAILABLE, SEED_AT_EDGE, SEED_TAKEN, SEGMENT_DISCARDED, BUDGET_EXCEEDED, UNKNOWN_SEGMENT, what
   * reading rejects with, or an AbortError; nothing of it stays then.
   */
  async run(
    request: CheckedFfn,
    volume: Volume,
    segmentation: Segmentation,
    control: JobControl,
  ): Promise<FillResult> {
    if (request.regrow !== undefined) segmentation.require(request.regrow);
    const model = await this.around.loadModel(request.params.model);
    const before = this.takeKept(request, model, volume, segmentation);
    let run: FfnRun | undefined;
    let isKept = false;
    try {
      const store = before ? this.store : await this.makeStore();
      if (!store) throw new FloodlightError('INTERNAL', { reason: 'an object without a canvas' });
      const { networks } = this;
      const setup = { ...this.around, request, model, volume, segmentation, store, networks };
      run = new FfnRun(setup, control, before);
      const result = await run.toEnd();
      const { object, id, params } = run.first;
      if (result.id === id) {
        const { box } = request;
        this.kept = { segmentation, volume, model, id, object, params, box };
        isKept = true;
      }
      run.dispose(object);
      return result;
    } catch (error) {
      segmentation.discard();
      throw error;
    } finally {
      if (!isKept) {
        run?.dispose();
        before?.object.dispose();
      }
    }
  }

  /** Segments a volume, as `VolumeRun` does; a run of the same request that was broken off goes on. */
  async runVolume(
    request: CheckedVolume,
    volume: Volume,
    segmentation: Segmentation,
    control: JobControl,
  ): Promise<VolumeResult> {
    // Before the journal of another run gives way to this one's.
    requirePrecision(await this.around.backends.next(), request.params.precision);
    const model = await this.around.loadModel(request.params.model);
    this.forget();
    const store = await this.makeStore();
    const journal = await this.openJournal(request, volume, model);
    try {
      const { networks } = this;
      const setup = {
        ...this.around,
        request,
        model,
        volume,
        segmentation,
        store,
        networks,
        journal,
      };
      return await new VolumeRun(setup, control).toEnd();
    } finally {
      journal.close();
    }
  }

  private async openJournal(
    { restart, ...request }: CheckedVolume,
    { info }: Volume,
    model: FfnModel,
  ): Promise<RunJournal> {
    const { openRunFile, onJournalTrouble } = this.around;
    const file = await openRunFile().catch((error: unknown) => onJournalTrouble(error));
    const { url, shapeZyx, dtype, selection } = info;
    const run = JSON.stringify([url, shapeZyx, dtype, selection, request, detailsOf(model)]);
    const journal = new RunJournal(file ?? undefined, run, onJournalTrouble);
    if (restart) journal.clear();
    return journal;
  }

  /** Lets go of what could go on: another volume is opened. */
  forget(): void {
    this.kept?.object.dispose();
    this.kept = undefined;
  }

  /** Lets go of all, the network too. */
  dispose(): void {
    this.forget();
    this.networks.dispose();
  }

  /** The object of the segment that is to be grown anew, if it can go on: only further seeds were added to it. */
  private takeKept(
    { regrow, params, box }: CheckedFfn,
    model: FfnModel,
    volume: Volume,
    segmentation: Segmentation,
  ): { object: FfnObject; moreSeeds: number } | undefined {
    const { kept } = this;
    this.kept = undefined;
    if (!kept) return undefined;
    const known = kept.params.seedsZyx.length;
    const moreSeeds = params.seedsZyx.length - kept.params.seedsZyx.length;
    const isSame =
      kept.segmentation === segmentation &&
      kept.volume === volume &&
      kept.id === regrow &&
      segmentation.require(kept.id).steps === kept.object.steps &&
      moreSeeds >= 0 &&
      JSON.stringify(box) === JSON.stringify(kept.box) &&
      JSON.stringify(lasting(params, known)) === JSON.stringify(lasting(kept.params, known)) &&
      JSON.stringify(detailsOf(model)) === JSON.stringify(detailsOf(kept.model));
    if (isSame) return { object: kept.object, moreSeeds };
    kept.object.dispose();
    return undefined;
  }

  private async makeStore(): Promise<CanvasStore> {
    this.file ??= this.around.openSpillFile().catch(() => undefined);
    const file = await this.file;
    file?.truncate(0);
    const budgets = this.around.budgets();
    this.store = new CanvasStore(fillBytes(budgets), file, budgets.diskBytes);
    return this.store;
  }
}

/** What must be the same of parameters for an object to go on, its first seeds among them. */
const lasting = (
  { maxSteps: _, batch: __, seedsZyx, minSegmentSize: ___, ...others }: CheckedFfnParams,
  seeds: number,
) => ({ ...others, seedsZyx: seedsZyx.slice(0, seeds) });
