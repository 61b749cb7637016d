import { FloodlightError } from '../../core/errors';
import { Arena } from '../../wasm/arena';
import {
  compileModule,
  hasThreads,
  instantiate,
  type ModuleName,
  type WasmFunction,
  type WasmInstance,
} from '../../wasm/module';
import { RemoteThread, type StartWorker, startWebWorker } from './remote-thread';
import { instantiateShared } from './thread';

const PAGE_BYTES = 2 ** 16;
const FIRST_PAGES = 16;
/** As the module declares it: 2 GiB. */
const MOST_PAGES = 2 ** 15;
const STACK_BYTES = 2 ** 16;

/** One program, built for a thread by itself and for threads over one memory. */
export interface ThreadsModules {
  readonly alone: ModuleName;
  readonly together: ModuleName;
}

const SEGMENT: ThreadsModules = { alone: 'segment', together: 'segment.threads' };

export interface SegmentThreadsOptions {
  /** Threads, this one included; 1 where memory cannot be shared. */
  readonly count: number;
  readonly modules?: ThreadsModules;
  readonly compile?: typeof compileModule;
  readonly startWorker?: StartWorker;
}

/**
 * Instances of a module, `segment` unless it is said otherwise: one here and, where memory can be shared, one in each of `count - 1` workers, all
 * over one memory, which `arena` lays out. One job at a time: each runs within `alone`.
 */
export class SegmentThreads<Name extends string> {
  private lastJob: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly instantiate: Instantiate<Name>,
    private workers: readonly RemoteThread[],
    private instance: WasmInstance<Name>,
  ) {}

  /** UNSUPPORTED_BROWSER or SOURCE_UNREACHABLE as compileModule; with fewer threads where workers do not start. */
  static async start<Name extends string>({
    count,
    modules = SEGMENT,
    compile = compileModule,
    startWorker = startWebWorker,
  }: SegmentThreadsOptions): Promise<SegmentThreads<Name>> {
    const workers = hasThreads() ? await startWorkers(count - 1, startWorker) : [];
    if (workers.length > 0) {
      const stop = () => {
        for (const worker of workers) worker.stop();
      };
      const module = await compile(modules.together).catch((error: unknown) => {
        stop();
        throw error;
      });
      const together: Instantiate<Name> = (threads) => instantiateAll(module, threads);
      try {
        return new SegmentThreads(together, workers, await together(workers));
      } catch {
        // No memory to share, or a worker that breaks down: alone, then.
        stop();
      }
    }
    const module = await compile(modules.alone);
    return new SegmentThreads(async () => instantiate(module), [], instantiate(module));
  }

  /** Threads that there are, this one included; fewer after one broke down. */
  get count(): number {
    return this.workers.length + 1;
  }

  get arena(): Arena {
    return this.instance.arena;
  }

  /** The module's functions on this thread. */
  get here(): WasmInstance<Name>['call'] {
    return this.instance.call;
  }

  /** Runs a job once those before it have ended; settles as it does. */
  alone<Result>(job: () => Promise<Result>): Promise<Result> {
    const result = this.lastJob.then(job);
    this.lastJob = result.catch(() => {});
    return result;
  }

  /**
   * Calls an exported function once on each thread at the same time; `argumentsOf` gives the numbers for thread 0 (this
   * one) to `count - 1`, the results come in that order. INTERNAL when a thread breaks down: then what is in memory is
   * lost, and the next job has the threads that are left.
   */
  async call(name: Name, argumentsOf: (thread: number) => number[]): Promise<number[]> {
    const others = Promise.allSettled(
      this.workers.map((worker, index) => worker.call(name, argumentsOf(index + 1))),
    );
    try {
      const first = this.here[name](...argumentsOf(0));
      return [first, ...(await others).map(resultOf)];
    } catch (error) {
      await others;
      await this.renew();
      throw new FloodlightError('INTERNAL', { reason: `${name} broke down` }, error);
    }
  }

  /**
   * The same on the workers alone, thread 0 being the first of them, while this thread does other things. Its calls may wait for one another; so
   * INTERNAL when a worker breaks down, and all are stopped then.
   */
  async callWorkers(name: Name, argumentsOf: (thread: number) => number[]): Promise<number[]> {
    try {
      return await Promise.all(
        this.workers.map((worker, index) => worker.call(name, argumentsOf(index))),
      );
    } catch (error) {
      this.dispose();
      throw new FloodlightError('INTERNAL', { reason: `${name} broke down` }, error);
    }
  }

  /** Gives all memory back, which WebAssembly can do only by new instances: `arena` and `here` are others then. */
  async renew(): Promise<void> {
    for (const worker of this.workers) if (worker.isBroken) worker.stop();
    this.workers = this.workers.filter((worker) => !worker.isBroken);
    this.instance = await this.instantiate(this.workers);
  }

  dispose(): void {
    for (const worker of this.workers) worker.stop();
  }
}

/** Instances over new memory, on this thread and in workers. */
type Instantiate<Name extends string> = (
  workers: readonly RemoteThread[],
) => Promise<WasmInstance<Name>>;

function resultOf(settled: PromiseSettledResult<number>): number {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}

/** Those of `count` workers that answer. */
async function startWorkers(count: number, startWorker: StartWorker): Promise<RemoteThread[]> {
  const starts = Array.from({ length: Math.max(0, count) }, () => RemoteThread.start(startWorker));
  const settled = await Promise.allSettled(starts);
  return settled.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
}

/** The workers' stacks come first in the memory that all share. */
async function instantiateAll<Name extends string>(
  module: WebAssembly.Module,
  workers: readonly RemoteThread[],
): Promise<WasmInstance<Name>> {
  const memory = new WebAssembly.Memory({
    initial: FIRST_PAGES,
    maximum: MOST_PAGES,
    shared: true,
  });
  const { functions, heapBase } = instantiateShared(module, memory);
  const base = Math.ceil(heapBase / 16) * 16;
  const end = base + workers.length * STACK_BYTES;
  if (end > FIRST_PAGES * PAGE_BYTES) memory.grow(Math.ceil(end / PAGE_BYTES) - FIRST_PAGES);
  const stackTop = (index: number) => base + (index + 1) * STACK_BYTES;
  await Promise.all(workers.map((worker, index) => worker.join(module, memory, stackTop(index))));
  const call = functions as Readonly<Record<Name, WasmFunction>>;
  return { call, arena: new Arena(memory, end) };
}
