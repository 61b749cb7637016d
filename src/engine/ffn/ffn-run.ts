import { currentBeat } from '../../core/beat';
import { FloodlightError, isFloodlightError } from '../../core/errors';
import type { Zyx } from '../../core/vec';
import { yieldToEvents } from '../../segment/cpu/yield';
import type { CanvasStore } from '../../segment/ffn/canvas-store';
import { growObjects } from '../../segment/ffn/grow';
import type { FfnModel } from '../../segment/ffn/model';
import { FfnObject } from '../../segment/ffn/object';
import { type CheckedFfnParams, thresholdsOf } from '../../segment/ffn/params';
import type { Volume } from '../../volume/model';
import type { Backends, JobControl } from '../jobs';
import type { FillProgress, FillResult, Steering } from '../protocol';
import { type CheckedFfn, checkSteering } from '../request';
import type { Scheduler } from '../scheduler/scheduler';
import type { Segmentation } from '../segmentation';
import { LevelFields } from './field-source';
import { fitLevel } from './fit-level';
import { GrowingObject } from './growing-object';
import type { NetworkBackend, Networks } from './networks';
import { levelNormalization } from './normalization';
import { Placing } from './placing';

/** Growing objects are shown no more often than this: each time their bricks are compared with the threshold anew. */
const SHOW_MILLISECONDS = 150;

/** All that objects are grown with. */
export interface FfnSetup {
  readonly request: CheckedFfn;
  readonly model: FfnModel;
  readonly volume: Volume;
  readonly segmentation: Segmentation;
  readonly store: CanvasStore;
  readonly networks: Networks;
  readonly backends: Backends<NetworkBackend>;
  readonly scheduler: Scheduler;
  onProgress(job: number, progress: FillProgress): void;
}

/** The objects of one request from their seeds to their segments. */
export class FfnRun {
  readonly level: number;
  private params: CheckedFfnParams;
  private readonly objects: readonly GrowingObject[];
  private readonly placing: Placing;
  /** How many milliseconds it has run. */
  private readonly elapsed: () => number;
  private readonly stepsBefore: number;
  private readonly steering: (() => void)[] = [];
  /** Objects that became segments, and the parameters that they came to by steering. */
  readonly finished: { object: FfnObject; id: number; params: CheckedFfnParams }[] = [];
  private fields: LevelFields | undefined;
  /** What it runs on, in words. */
  private adapter = '';
  private shownAt = Number.NEGATIVE_INFINITY;
  /** The beat in which progress was told last. */
  private toldIn = Number.NEGATIVE_INFINITY;

  /**
   * Places the seeds; rejects those that cannot be: SEED_AT_EDGE, SEED_TAKEN. `before`: the object that goes on, with all the
   * request's seeds but the last `moreSeeds`.
   */
  constructor(
    private readonly setup: FfnSetup,
    private readonly control: JobControl,
    before?: { readonly object: FfnObject; readonly moreSeeds: number },
  ) {
    this.elapsed = control.gate.stopwatch();
    const { request, model, volume, segmentation, store } = setup;
    const { params, regrow, moreSeedsZyx } = request;
    const { fieldOfViewZyx, deltasZyx } = model;
    this.params = params;
    this.level = fitLevel(volume.info, model.voxelSizeNm);
    const { info } = volume;
    const { labels } = segmentation;
    this.placing = new Placing(info, this.level, fieldOfViewZyx, request.box, labels);
    const { placing } = this;
    const thresholds = thresholdsOf(params, model);
    const starts = [request.seedZyx, ...moreSeedsZyx].map((zyx) =>
      // What was grown beside a segment since must not keep it from growing anew.
      placing.seed(zyx, regrow === undefined ? params.minBoundaryDist : 0, regrow),
    );
    const own = params.seedsZyx.map((zyx) => placing.seed(zyx, 0, regrow));
    this.objects = starts.map((startZyx, index) => {
      const id = segmentation.begin(() => false, index === 0 ? regrow : undefined);
      const geometry = { startZyx, fieldOfViewZyx, deltasZyx, canvas: placing.canvas };
      const isTaken = (zyx: Zyx) => placing.isTaken(zyx, id);
      const known = index === 0 ? before?.object : undefined;
      const object = known ?? new FfnObject({ ...geometry, thresholds, isTaken }, store);
      return new GrowingObject(object, id, placing, thresholds.segment, segmentation);
    });
    const { object: first } = this.first;
    if (!before) for (const block of params.blocks) first.block(placing.block(block));
    for (const zyx of own.slice(before ? own.length - before.moreSeeds : 0)) first.addSeed(zyx);
    this.stepsBefore = first.steps;
    control.onSteer = (change) => this.steer(change);
  }

  /** The object of the request's own seed. */
  private get first(): GrowingObject {
    const [first] = this.objects;
    if (!first) throw new FloodlightError('INTERNAL', { reason: 'a request without a seed' });
    return first;
  }

  /** Grows to the end, and keeps what became of it; SEGMENT_DISCARDED where nothing did. */
  async toEnd(): Promise<FillResult> {
    const { setup, control } = this;
    // What an object that goes on had before.
    for (const grown of this.objects)
      if (grown.object.steps > 0) grown.show(grown.object.canvas.keys());
    const backend = await control.onBackends(setup.backends, async (backend, signal) => {
      await this.growOn(backend, signal);
      return backend;
    });
    return this.keep(backend.id, this.adapter);
  }

  /** Lets go of all that grew, but for objects that are kept elsewhere. */
  dispose(kept: readonly FfnObject[]): void {
    this.control.onSteer = undefined;
    for (const { object } of this.objects) if (!kept.includes(object)) object.dispose();
  }

  private async growOn(backend: NetworkBackend, signal: AbortSignal): Promise<void> {
    const { setup, control, objects, params } = this;
    const { model, volume, networks, scheduler } = setup;
    const reader = volume.levels[this.level];
    if (!reader) throw new FloodlightError('NO_VOLUME', {});
    const most = Math.min(params.batch * objects.length, MOST_BATCH);
    const network = await networks.get(backend, model, most, params.precision);
    this.adapter = `${network.adapter}${network.precision === 'f16' ? ', f16' : ''}`;
    this.fields ??= new LevelFields(
      reader,
      scheduler,
      model.fieldOfViewZyx,
      params.normalization === 'model'
        ? model.normalization
        : await levelNormalization(reader, signal),
    );
    let lastYield = performance.now();
    do {
      this.applySteering();
      await growObjects(
        objects.map(({ object }) => object),
        {
          network,
          image: this.fields,
          signal,
          gate: control.gate,
          batch: params.batch,
          maxSteps: params.maxSteps && params.maxSteps + this.stepsBefore,
          onStep: async () => {
            this.applySteering();
            this.tell();
            if (performance.now() - lastYield < YIELD_MILLISECONDS) return;
            await yieldToEvents();
            lastYield = performance.now();
          },
        },
      );
    } while (this.steering.length > 0);
  }

  /** Checks at once what is asked for; it is done between two steps. */
  private steer(change: Steering): void {
    const { params, placing } = this;
    const { volume } = this.setup;
    const steering = checkSteering(change, volume.info.shapeZyx);
    const { object, id } = this.first;
    if ('block' in steering) {
      const block = placing.block(steering.block);
      this.params = { ...params, blocks: [...params.blocks, steering.block] };
      this.steering.push(() => object.block(block));
    } else {
      const zyx = placing.seed(steering.seedZyx, 0, id);
      this.params = { ...params, seedsZyx: [...params.seedsZyx, steering.seedZyx] };
      this.steering.push(() => object.addSeed(zyx));
    }
  }

  private applySteering(): void {
    for (const change of this.steering.splice(0)) change();
  }

  private tell(): void {
    const now = performance.now();
    if (now - this.shownAt >= SHOW_MILLISECONDS) {
      for (const grown of this.objects) grown.show();
      this.shownAt = performance.now();
    }
    if (this.toldIn === currentBeat()) return;
    this.toldIn = currentBeat();
    const sum = (of: (grown: GrowingObject) => number) =>
      this.objects.reduce((total, grown) => total + of(grown), 0);
    const milliseconds = this.elapsed();
    const voxels = sum((grown) => grown.voxels);
    this.setup.onProgress(this.control.job, {
      id: this.first.id,
      voxels,
      bricks: sum(({ object }) => object.canvas.size),
      frontierBricks: 0,
      milliseconds,
      voxelsPerSecond: (voxels / milliseconds) * 1000,
      steps: sum(({ object }) => object.steps),
      queued: sum(({ object }) => object.queued),
    });
  }

  /** Makes segments of objects, in the order of their seeds. */
  private keep(backend: NetworkBackend['id'], adapter: string): FillResult {
    const { segmentation, request } = this.setup;
    const seeds = [request.seedZyx, ...request.moreSeedsZyx];
    const results: FillResult[] = [];
    const failures: unknown[] = [];
    for (const [index, grown] of this.objects.entries()) {
      const seedZyx = seeds[index] ?? request.seedZyx;
      try {
        results.push(this.finish(grown, seedZyx, index > 0, backend, adapter));
      } catch (error) {
        if (
          !isFloodlightError(error, 'SEGMENT_DISCARDED') &&
          !isFloodlightError(error, 'SEED_TAKEN')
        )
          throw error;
        failures.push(error);
        segmentation.discard([grown.id]);
      }
    }
    const [first, ...more] = results;
    if (!first) throw failures[0];
    return seeds.length === 1 ? first : { ...first, more, discarded: failures.length };
  }

  private finish(
    grown: GrowingObject,
    seedZyx: Zyx,
    isAfterOthers: boolean,
    backend: NetworkBackend['id'],
    adapter: string,
  ): FillResult {
    const { segmentation } = this.setup;
    const { params } = this;
    const { object } = grown;
    if (isAfterOthers) this.placing.seed(seedZyx, params.minBoundaryDist, grown.id);
    // Nothing was seen of it at all.
    if (object.steps === 0 && this.fields?.failure) throw this.fields.failure;
    grown.settle();
    const why = object.isWeak ? 'weak' : 'small';
    if (object.isWeak || grown.levelVoxels < params.minSegmentSize || grown.voxels === 0)
      throw new FloodlightError('SEGMENT_DISCARDED', {
        zyx: seedZyx,
        why,
        voxels: grown.voxels,
        leastVoxels: params.minSegmentSize,
        steps: object.steps,
      });
    const unreadBricks = this.fields?.unread.size ?? 0;
    const own = isAfterOthers ? { ...params, seedsZyx: [], blocks: [] } : params;
    this.finished.push({ object, id: grown.id, params: own });
    return segmentation.finish(grown.bits, {
      id: grown.id,
      algorithm: 'ffn',
      seedZyx,
      params: own,
      voxels: grown.voxels,
      bricks: object.canvas.size,
      unreadBricks,
      complete: unreadBricks === 0 && object.queued === 0,
      milliseconds: this.elapsed(),
      backend,
      adapter,
      steps: object.steps,
      level: this.level,
    });
  }
}

/** Fields of view in one application, at most. */
const MOST_BATCH = 16;
/** What runs without a pause, for messages to be read. */
const YIELD_MILLISECONDS = 8;
