import { BRICK_BITS_BYTES } from '../../core/brick-bits';
import type { ImageDtype } from '../../core/dtype';
import { subtract, volumeOf } from '../../core/vec';
import type { GpuContext } from '../../gpu/device';
import type { GpuMemory } from '../../gpu/memory';
import { Pipelines } from '../../gpu/pipelines';
import { Readback } from '../../gpu/readback';
import { FillBuffers } from './buffers';
import { floodFillKernels } from './kernels';
import { FillPasses } from './passes';
import { fillableBox, gridOf, windowBricks } from './plan';
import { FillRun } from './run';
import type {
  FloodFiller,
  FloodFillHooks,
  FloodFillOutcome,
  FloodFillRequest,
  ImageBricks,
} from './types';

/** A submission should last about so long, for the page's frames and for cancelling. */
const SLICE_MILLISECONDS = { hardware: 8, software: 100 } as const;
/** Of what is left of the GPU memory's budget; while buffers grow there are the larger ones beside them. */
const BUDGET_SHARE = 3 / 32;

/**
 * Flood fill by bits on the GPU: rounds of sub-brick visits until no queue holds anything and no brick is wanted.
 * Bricks stream in as the frontier reaches them, and go when others need their room; only counters, frontier words and the bits of changed bricks come back.
 */
export class FloodFill implements FloodFiller<ImageBricks> {
  private readonly pipelines: Pipelines;
  private readonly readback: Readback;

  constructor(
    private readonly gpu: GpuContext,
    private readonly memory: GpuMemory,
  ) {
    this.pipelines = new Pipelines(gpu.device);
    this.readback = new Readback(memory);
  }

  /** Compiles the most usual pipelines ahead of the first click; that takes a second on a software adapter. */
  async prepare(dtype: ImageDtype): Promise<void> {
    await floodFillKernels(this.gpu, this.pipelines, dtype, 6);
  }

  async run(
    image: ImageBricks,
    request: FloodFillRequest,
    hooks: FloodFillHooks,
  ): Promise<FloodFillOutcome> {
    const clip = fillableBox(image.shapeZyx, request);
    const kernels = await floodFillKernels(
      this.gpu,
      this.pipelines,
      image.dtype,
      request.connectivity,
    );
    const grid = gridOf(clip);
    const bricks = volumeOf(subtract(grid.endZyx, grid.firstZyx));
    const mostBricks = windowBricks(bricks, this.fittingBricks);
    const setup = { ...request, clip, grid, mostBricks };
    const passes = new FillPasses(this.gpu, this.memory, this.readback, kernels, setup);
    const stop = new AbortController();
    const signal = AbortSignal.any([hooks.signal, stop.signal]);
    const slice = SLICE_MILLISECONDS[this.gpu.adapter.isSoftware ? 'software' : 'hardware'];
    const run = new FillRun(passes, image, request, mostBricks, slice, { ...hooks, signal });
    try {
      return await run.toEnd();
    } finally {
      stop.abort();
      run.dispose();
      passes.dispose();
      this.readback.release();
    }
  }

  private get fittingBricks(): number {
    const binding = this.gpu.device.limits.maxStorageBufferBindingSize / BRICK_BITS_BYTES;
    const bytes = BUDGET_SHARE * this.memory.shareableBytes;
    return Math.floor(Math.min(binding, bytes / FillBuffers.bytes(1)));
  }
}
