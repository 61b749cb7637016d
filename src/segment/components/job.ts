import { bytesOf } from '../../core/dtype';
import type { SegmentThreads } from '../cpu/threads';
import { dtypeCode } from '../flood-fill/plan';
import { ComponentsMemory } from './memory';
import type { ComponentsFunction, ComponentsRequest, Planes } from './types';

/** Voxels that a thread gets at a time: few enough for the processor's caches, enough to be worth waking it. */
export const SLAB_VOXELS = 2 ** 22;
/** Browsers copy to and from shared memory four times as fast where rounds begin at whole words of 8 bytes. */
const ROUND_PLANES = 8;
/** In place of a run's number: there is none (kRoot in wasm/segment/components.h). */
const NO_RUN = 0xffffffff;

/** What one thread works on in a round: perhaps no planes at all. */
interface Slab extends Planes {
  /** Where its first plane lies among those of the round; plane 0 is the one before the round. */
  readonly place: number;
  /** The numbers of its first run and of that of the slab before it; runs are numbered in raster order. */
  firstRun: number;
  firstRunBefore: number;
}

/**
 * The search for connected components, step by step, on all threads: `add` each round of planes in turn, `number` the
 * components, take `idsOf` each round. It needs the threads' arena for itself.
 */
export class ComponentsJob {
  readonly rounds: readonly Planes[];
  private readonly memory: ComponentsMemory;
  private readonly slabs = new Map<Planes, readonly Slab[]>();
  private runs = 0;
  private lastFirstRun = NO_RUN;

  /** BUDGET_EXCEEDED where a volume of this shape does not fit into the arena. */
  constructor(
    private readonly threads: SegmentThreads<ComponentsFunction>,
    private readonly request: ComponentsRequest,
    slabVoxels: number,
  ) {
    const [sizeZ, sizeY, sizeX] = request.shapeZyx;
    const fitting = Math.max(1, Math.floor(slabVoxels / (sizeY * sizeX)));
    const planesOfSlab = fitting < ROUND_PLANES ? fitting : fitting - (fitting % ROUND_PLANES);
    this.rounds = split(sizeZ, planesOfSlab * threads.count);
    this.memory = new ComponentsMemory(threads.arena, request, this.rounds[0]?.end ?? 0);
  }

  /** Where a round's voxels have to be when it is added. */
  voxelsOf({ first, end }: Planes): Uint8Array<ArrayBuffer> {
    return this.memory.voxels.bytes(1, end - first);
  }

  /** Finds the runs in a round of planes, and joins those that touch. BUDGET_EXCEEDED where there are too many. */
  async add(round: Planes): Promise<void> {
    const slabs = shareOut(round, this.threads.count);
    this.slabs.set(round, slabs);
    const runsOf = await this.scan(slabs);
    const firstRun = this.runs;
    slabs.forEach((slab, thread) => {
      slab.firstRunBefore = this.lastFirstRun;
      slab.firstRun = this.lastFirstRun = this.runs;
      this.runs += runsOf[thread] ?? 0;
    });
    this.memory.reserveRuns(this.runs);
    this.threads.here.components_add(this.memory.parentOf(firstRun), this.runs - firstRun);
    await this.join(slabs);
    this.memory.keep(round.end - round.first);
  }

  /** Gives the components their ids, once all rounds are in; returns how many there are. */
  number(): number {
    return this.threads.here.components_number(this.memory.parentOf(0), this.runs) >>> 0;
  }

  /** The ids of a round's voxels, u32; a view until the next call. */
  async idsOf(round: Planes): Promise<Uint8Array<ArrayBuffer>> {
    const { memory } = this;
    const [, sizeY, sizeX] = this.request.shapeZyx;
    await this.onEach('components_write', this.slabs.get(round) ?? [], (slab) => [
      memory.starts.addressOf(slab.first),
      memory.parentOf(slab.firstRun),
      sizeX,
      (slab.end - slab.first) * sizeY,
      memory.ids.addressOf(slab.place),
    ]);
    return memory.ids.bytes(1, round.end - round.first);
  }

  private scan(slabs: readonly Slab[]): Promise<number[]> {
    const { request, memory } = this;
    const { range, dtype } = request;
    const [, sizeY, sizeX] = request.shapeZyx;
    const rows = ({ first, end }: Slab) => [sizeX, (end - first) * sizeY];
    const outputs = ({ first, place }: Slab) => [
      memory.foreground.addressOf(place),
      memory.starts.addressOf(first),
      memory.before.addressOf(place),
    ];
    return this.onEach(
      range ? 'components_scan_range' : 'components_scan_labels',
      slabs,
      (slab) => [
        memory.voxels.addressOf(slab.place),
        ...(range ? [dtypeCode(dtype), range.low, range.high] : [bytesOf[dtype]]),
        ...rows(slab),
        ...outputs(slab),
      ],
    );
  }

  private join(slabs: readonly Slab[]): Promise<number[]> {
    const { memory, request } = this;
    const [, sizeY, sizeX] = request.shapeZyx;
    const voxelBytes = request.range ? 0 : bytesOf[request.dtype];
    return this.onEach('components_join', slabs, (slab) => [
      memory.voxels.addressOf(slab.place),
      voxelBytes,
      ...[slab.end - slab.first, sizeY, sizeX, request.connectivity],
      memory.foreground.addressOf(slab.place),
      memory.starts.addressOf(slab.first),
      memory.before.addressOf(slab.place),
      memory.parentOf(0),
      ...[slab.firstRun, slab.firstRunBefore],
    ]);
  }

  /** Calls a function of the module for each slab, on a thread each. */
  private onEach(
    name: ComponentsFunction,
    slabs: readonly Slab[],
    argumentsOf: (slab: Slab) => number[],
  ): Promise<number[]> {
    const calls = slabs.map(argumentsOf);
    return this.threads.call(name, (thread) => calls[thread] ?? []);
  }
}

/** Planes 0 to `size` in parts of `most`. */
const split = (size: number, most: number): Planes[] =>
  Array.from({ length: Math.ceil(size / most) }, (_, part) => ({
    first: part * most,
    end: Math.min(size, (part + 1) * most),
  }));

/** Gives each thread its part of a round; the last may get none. */
function shareOut({ first, end }: Planes, threads: number): Slab[] {
  const each = Math.ceil((end - first) / threads);
  return Array.from({ length: threads }, (_, thread) => {
    const from = Math.min(end, first + thread * each);
    const to = Math.min(end, from + each);
    return { first: from, end: to, place: 1 + from - first, firstRun: 0, firstRunBefore: 0 };
  });
}
