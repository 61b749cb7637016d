import { BRICK_VOXELS } from '../../../core/brick';
import type { SegmentThreads } from '../../cpu/threads';
import { fillableBox } from '../plan';
import type {
  FloodFiller,
  FloodFillHooks,
  FloodFillOutcome,
  FloodFillRequest,
  VoxelBricks,
} from '../types';
import { FillContext, type FillFunction } from './context';
import { CpuFillRun } from './run';

const DEFAULT_BUDGET_BYTES = 2 ** 28;
/** More memory than this is given back when a fill ends. */
const KEPT_BYTES = 2 ** 26;

/**
 * Flood fill by bits on the CPU: WebAssembly with SIMD visits bricks, on as many threads as there are, a few milliseconds
 * at a time. Bricks stream in as the frontier reaches them, and go when others need their room. The same answers as `FloodFill`.
 */
export class CpuFloodFill implements FloodFiller<VoxelBricks> {
  constructor(
    private readonly threads: SegmentThreads<FillFunction>,
    /** What bricks may take while they are filled: 64 KiB for each of 64³ voxels, and a tenth more. */
    public budgetBytes = DEFAULT_BUDGET_BYTES,
  ) {}

  async prepare(): Promise<void> {}

  run(
    source: VoxelBricks,
    request: FloodFillRequest,
    hooks: FloodFillHooks,
  ): Promise<FloodFillOutcome> {
    return this.threads.alone(() => this.runAlone(source, request, hooks));
  }

  private async runAlone(
    source: VoxelBricks,
    request: FloodFillRequest,
    hooks: FloodFillHooks,
  ): Promise<FloodFillOutcome> {
    const clip = fillableBox(source.shapeZyx, request);
    const { dtype } = source;
    const { threads, budgetBytes } = this;
    const stop = new AbortController();
    const signal = AbortSignal.any([hooks.signal, stop.signal]);
    try {
      const setup = { dtype, request, clip, budgetBytes, sourceVoxels: BRICK_VOXELS };
      const context = new FillContext(threads, setup);
      return await new CpuFillRun(context, source, request, { ...hooks, signal }).toEnd();
    } finally {
      stop.abort();
      if (threads.arena.sizeBytes > KEPT_BYTES) await threads.renew();
    }
  }
}
