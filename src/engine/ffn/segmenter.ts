import { withoutSecrets } from '../../core/address';
import type { ByteFile, ByteFolder } from '../../core/byte-file';
import { FloodlightError } from '../../core/errors';
import { workingDetails } from '../../models/details';
import { CanvasStore } from '../../segment/ffn/canvas-store';
import type { FfnModel } from '../../segment/ffn/model';
import type { FfnObject } from '../../segment/ffn/object';
import type { Volume } from '../../volume/model';
import { type Budgets, fillBytes } from '../budgets';
import type { Backends, JobControl } from '../jobs';
import type { FillProgress, FillResult, VolumeResult } from '../protocol';
import type { CheckedFfn, CheckedVolume } from '../request';
import type { Scheduler } from '../scheduler/scheduler';
import type { Segmentation } from '../segmentation';
import { FfnRun } from './ffn-run';
import { KeptObjects } from './kept-objects';
import { type NetworkBackend, Networks, requirePrecision } from './networks';
import { openRunFile } from './volume/run-files';
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
  /** Where what runs over a volume have done outlives the tab; undefined where there is no disk. */
  runFolder(): Promise<ByteFolder | undefined>;
  /** What a run has done could not be kept; it goes on. */
  onJournalTrouble(error: unknown): void;
  onProgress(job: number, progress: FillProgress): void;
}

/** What canvases of objects that are done may take of what there is for canvases. */
const KEPT_SHARE = 0.25;

/** Grows segments by flood-filling networks, one request at a time; the objects of the last ones are kept, to go on from other seeds. */
export class FfnSegmenter {
  private readonly networks = new Networks();
  private file: Promise<ByteFile | undefined> | undefined;
  private store: CanvasStore | undefined;
  /** What the store was made for. */
  private storeBudgets: Budgets | undefined;
  private readonly kept = new KeptObjects();

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
    const before = this.kept.take(request, model, volume, segmentation);
    let run: FfnRun | undefined;
    let kept: readonly FfnObject[] = [];
    try {
      const store = before ? this.store : await this.storeForNew();
      if (!store) throw new FloodlightError('INTERNAL', { reason: 'an object without a canvas' });
      const { networks } = this;
      const setup = { ...this.around, request, model, volume, segmentation, store, networks };
      run = new FfnRun(setup, control, before);
      const result = await run.toEnd();
      const { box } = request;
      for (const finished of run.finished)
        this.kept.keep({ ...finished, segmentation, volume, model, box });
      kept = run.finished.map(({ object }) => object);
      return result;
    } catch (error) {
      segmentation.discard();
      throw error;
    } finally {
      run?.dispose(kept);
      if (!run) before?.object.dispose();
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
    requirePrecision(await this.around.backends.next(0), request.params.precision);
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
    const { runFolder, onJournalTrouble } = this.around;
    const { shapeZyx, dtype, selection } = info;
    // It is written down; and an address that is signed anew leads to the same volume.
    const url = withoutSecrets(info.url);
    const run = JSON.stringify([url, shapeZyx, dtype, selection, request, workingDetails(model)]);
    let file: ByteFile | undefined;
    try {
      const folder = await runFolder();
      file = folder && (await openRunFile(folder, run));
    } catch (error) {
      onJournalTrouble(error);
    }
    const journal = new RunJournal(file, run, onJournalTrouble);
    if (restart) journal.clear();
    return journal;
  }

  /** Lets go of what could go on: another volume is opened. */
  forget(): void {
    this.kept.forget();
  }

  /** Lets go of all, the network too. */
  dispose(): void {
    this.forget();
    this.networks.dispose();
  }

  /** Where a new object's logits go: beside those of kept objects, a quarter of it at most, while the budgets are the same. */
  private async storeForNew(): Promise<CanvasStore> {
    const budgets = this.around.budgets();
    const { memoryBytes, diskBytes } = this.storeBudgets ?? {};
    const isSame = memoryBytes === budgets.memoryBytes && diskBytes === budgets.diskBytes;
    // Without a disk a new object needs all of it.
    this.kept.trim(isSame && (await this.file) ? fillBytes(budgets) * KEPT_SHARE : 0);
    return this.store && !this.kept.isEmpty ? this.store : this.makeStore();
  }

  private async makeStore(): Promise<CanvasStore> {
    this.file ??= this.around.openSpillFile().catch(() => undefined);
    const file = await this.file;
    file?.truncate(0);
    const budgets = this.around.budgets();
    this.storeBudgets = budgets;
    this.store = new CanvasStore(fillBytes(budgets), file, budgets.diskBytes);
    return this.store;
  }
}
