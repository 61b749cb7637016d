import { type Box, intersect, isEmpty } from '../../../core/box';
import { add, volumeOf, type Zyx } from '../../../core/vec';
import { yieldToEvents } from '../../../segment/cpu/yield';
import type { FfnObject } from '../../../segment/ffn/object';
import { type FfnThresholds, thresholdsOf } from '../../../segment/ffn/params';
import { peakSeeds } from '../../../segment/ffn/seeds/peak-seeds';
import { edgeWithin, subvolumesOf } from '../../../segment/ffn/volume/plan';
import { groupsOf, samePairs } from '../../../segment/ffn/volume/reconcile';
import {
  type SeedOutcome,
  type SubvolumeHooks,
  segmentSubvolume,
} from '../../../segment/ffn/volume/segment-subvolume';
import { FOREIGN, SubvolumeLabels } from '../../../segment/ffn/volume/subvolume-labels';
import type { LevelReader } from '../../../volume/model';
import { type Budgets, fillBytes } from '../../budgets';
import type { JobControl } from '../../jobs';
import type { CheckedVolume } from '../../request';
import type { FfnSetup } from '../ffn-run';
import { LevelFields } from '../field-source';
import { fitLevel } from '../fit-level';
import type { NetworkBackend } from '../networks';
import { levelNormalization } from '../normalization';
import { Placing } from '../placing';
import { levelLabels } from './level-labels';
import type { RunJournal } from './run-journal';
import { type RunPlace, RunProgress } from './run-progress';
import { RunSegments } from './run-segments';
import { SeedPlanes } from './seed-planes';
import type { VolumeProgress, VolumeResult } from './types';

/** What runs without a pause, for messages to be read. */
const YIELD_MILLISECONDS = 8;
const MOST_BATCH = 16;
/** An object is shown when it has grown for so long, and from then on no more often. */
const SHOW_MILLISECONDS = 150;

export interface VolumeSetup extends Omit<FfnSetup, 'request'> {
  readonly request: CheckedVolume;
  readonly journal: RunJournal;
  budgets(): Budgets;
}

/**
 * Segments a volume: subvolume by subvolume, in each object by object from its seeds, each of which becomes a segment as soon as it is
 * there. What neighbouring subvolumes found is reconciled where they overlap. Every outcome goes into the journal, so that a run that was
 * broken off goes on where it was.
 */
export class VolumeRun {
  private readonly level: number;
  private readonly reader: LevelReader;
  private readonly placing: Placing;
  private readonly seedPlanes: SeedPlanes;
  private readonly subvolumes: readonly Box[];
  private readonly thresholds: FfnThresholds;
  private readonly segments: RunSegments;
  private readonly progress: RunProgress;
  /** How many milliseconds it has run. */
  private readonly elapsed: () => number;
  private fields: LevelFields | undefined;
  private yieldedAt = performance.now();
  private counts = { seeds: 0, discarded: 0, resumed: 0, steps: 0 };
  /** Applications of the object that grows now. */
  private growingSteps = 0;

  constructor(
    private readonly setup: VolumeSetup,
    private readonly control: JobControl,
  ) {
    const { request, model, volume, segmentation } = setup;
    this.level = fitLevel(volume.info, model.voxelSizeNm);
    const reader = volume.levels[this.level];
    if (!reader) throw new RangeError('a volume has levels');
    this.reader = reader;
    this.seedPlanes = new SeedPlanes(reader, setup.scheduler);
    const { labels } = segmentation;
    this.placing = new Placing(volume.info, this.level, model.fieldOfViewZyx, request.box, labels);
    const { canvas } = this.placing;
    const edge = edgeWithin(canvas.shapeZyx, request.subvolumeEdge, fillBytes(setup.budgets()));
    this.subvolumes = subvolumesOf(canvas, edge, request.overlap);
    this.thresholds = thresholdsOf(request.params, model);
    this.elapsed = control.gate.stopwatch();
    this.progress = new RunProgress(this.subvolumes.length, this.elapsed, (told) =>
      this.told(told),
    );
    const { segment } = this.thresholds;
    this.segments = new RunSegments(segmentation, this.placing, request.params, segment);
  }

  /** Runs to the end, and keeps what became of it, also of a run that is cancelled. */
  async toEnd(): Promise<VolumeResult> {
    for (const index of this.subvolumes.keys()) await this.subvolume(index);
    const { seedPlanes, fields } = this;
    // Nothing was seen at all.
    if (seedPlanes.failure) throw seedPlanes.failure;
    this.setup.journal.clear();
    const { ids, voxels, joined } = this.segments;
    return {
      ids,
      voxels,
      joined,
      ...this.counts,
      subvolumes: this.subvolumes.length,
      unreadBricks: new Set([...seedPlanes.unread, ...(fields?.unread ?? [])]).size,
      milliseconds: this.elapsed(),
    };
  }

  private async subvolume(index: number): Promise<void> {
    const { setup, control, segments, placing } = this;
    const box = this.subvolumes[index];
    if (!box) return;
    const { labels } = setup.segmentation;
    const taken = levelLabels(labels, box, placing.grid, (id) => (segments.has(id) ? 0 : FOREIGN));
    const local = new SubvolumeLabels(box, taken);
    const seeds = await this.seedsOf(index, box);
    this.counts.seeds += seeds.length;
    segments.beginPart(local);
    let next = 0;
    let labelled = 0;
    const keep = (outcome: SeedOutcome, isResumed: boolean) => {
      this.keep(outcome, isResumed);
      next = outcome.seed + 1;
      labelled += outcome.voxels / volumeOf(box.shapeZyx);
    };
    const place = (): RunPlace => ({
      phase: 'objects',
      subvolume: index,
      seeds: next,
      seedsTotal: seeds.length,
      labelled,
    });
    for (const outcome of setup.journal.begin(index, seeds)) {
      keep(outcome, true);
      await this.rest();
    }
    this.progress.resume(place());
    await control.onBackends(setup.backends, async (backend, signal) => {
      const { network, adapter } = await this.network(backend, signal);
      segments.ranOn(backend.id, adapter);
      let grows: FfnObject | undefined;
      let shownAt = 0;
      const hooks: SubvolumeHooks = {
        network,
        image: await this.fieldsOf(signal),
        signal,
        gate: control.gate,
        batch: setup.request.params.batch,
        maxSteps: setup.request.params.maxSteps,
        onObject: (object) => {
          grows = object;
          shownAt = performance.now();
        },
        onStep: () => {
          if (grows && performance.now() - shownAt >= SHOW_MILLISECONDS) {
            segments.show(grows);
            shownAt = performance.now();
            this.growingSteps = grows.steps;
            this.progress.tell(place());
          }
          return this.rest(signal);
        },
        onSeed: async (seed) => {
          next = seed;
          this.progress.tell(place());
          await this.rest(signal);
        },
        onOutcome: (outcome) => {
          grows = undefined;
          this.growingSteps = 0;
          setup.journal.add(index, outcome);
          keep(outcome, false);
        },
      };
      try {
        await segmentSubvolume(this.subvolumeSetup(local, seeds), next, hooks);
      } finally {
        segments.hide();
        this.growingSteps = 0;
      }
      next = seeds.length;
      this.progress.tell(place());
    });
    this.reconcile(index, local);
  }

  /** What an object of this run, or of the one that it goes on with, came to. */
  private keep(outcome: SeedOutcome, isResumed: boolean): void {
    this.counts.steps += outcome.steps;
    if (outcome.voxels === 0) {
      this.counts.discarded++;
      this.segments.hide();
    } else {
      if (isResumed) this.counts.resumed++;
      this.segments.add(outcome, this.elapsed());
    }
  }

  private subvolumeSetup(labels: SubvolumeLabels, seeds: readonly Zyx[]) {
    const { model, store, request } = this.setup;
    const { fieldOfViewZyx, deltasZyx } = model;
    const { minSegmentSize, minBoundaryDist } = request.params;
    const { thresholds } = this;
    return {
      labels,
      seeds,
      fieldOfViewZyx,
      deltasZyx,
      thresholds,
      minSegmentSize,
      minBoundaryDist,
      store,
    };
  }

  /** Joins what earlier subvolumes have with what this one found of it. */
  private reconcile(index: number, local: SubvolumeLabels): void {
    const { segments, placing } = this;
    const { labels } = this.setup.segmentation;
    const pairs = this.subvolumes.slice(0, index).flatMap((earlier) => {
      const overlap = intersect(earlier, local.box);
      if (isEmpty(overlap)) return [];
      const before = levelLabels(labels, overlap, placing.grid, (id) => segments.earlier(id));
      const own = local.read(overlap).map((id) => (id === FOREIGN ? 0 : id));
      return samePairs(own, before).map(([id, other]) => [segments.idOf(id), other] as const);
    });
    for (const group of groupsOf(pairs)) segments.join(group);
  }

  private async seedsOf(index: number, box: Box): Promise<readonly Zyx[]> {
    const { control, seedPlanes } = this;
    const [originZ, originY, originX] = box.originZyx;
    const [, sizeY, sizeX] = box.shapeZyx;
    const found = await peakSeeds({
      shapeZyx: box.shapeZyx,
      readPlanes: async (first, end) => {
        const planes: Box = {
          originZyx: [originZ + first, originY, originX],
          shapeZyx: [end - first, sizeY, sizeX],
        };
        return seedPlanes.read(planes, control.signal);
      },
      rest: async (share) => {
        this.progress.tell({
          phase: 'seeds',
          subvolume: index,
          seeds: share,
          seedsTotal: 1,
          labelled: 0,
        });
        await this.rest();
      },
    });
    return found.map((zyx) => add(zyx, box.originZyx)).filter((zyx) => seedPlanes.has(zyx));
  }

  private async network(backend: NetworkBackend, signal: AbortSignal) {
    const { networks, model, request } = this.setup;
    const { batch, precision } = request.params;
    const most = Math.min(batch, MOST_BATCH);
    const network = await networks.get(backend, model, most, precision);
    signal.throwIfAborted();
    return { network, adapter: `${network.adapter}${network.precision === 'f16' ? ', f16' : ''}` };
  }

  private async fieldsOf(signal: AbortSignal): Promise<LevelFields> {
    const { scheduler, model, request } = this.setup;
    this.fields ??= new LevelFields(
      this.reader,
      scheduler,
      model.fieldOfViewZyx,
      request.params.normalization === 'model'
        ? model.normalization
        : await levelNormalization(this.reader, signal),
    );
    return this.fields;
  }

  private told(volume: Omit<VolumeProgress, 'objects'>): void {
    const { voxels, ids } = this.segments;
    const milliseconds = this.elapsed();
    this.setup.onProgress(this.control.job, {
      id: ids.at(-1) ?? 0,
      voxels,
      bricks: 0,
      frontierBricks: 0,
      milliseconds,
      voxelsPerSecond: (voxels / Math.max(milliseconds, 1)) * 1000,
      steps: this.counts.steps + this.growingSteps,
      volume: { ...volume, objects: ids.length },
    });
  }

  /** Waits while the run is held, and lets messages be read now and then; rejects once the signal has fired. */
  private async rest(signal = this.control.signal): Promise<void> {
    await this.control.gate.pass(signal);
    signal.throwIfAborted();
    if (performance.now() - this.yieldedAt < YIELD_MILLISECONDS) return;
    await yieldToEvents();
    this.yieldedAt = performance.now();
    signal.throwIfAborted();
  }
}
