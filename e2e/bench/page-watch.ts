/** What the page shows and takes while a benchmark runs, as a person at it would see. */

const EDGE = 64;
/** More than between a view's background and a black volume, which no pixel of a volume is known by. */
const CLEARLY = 48;

/** The xy view, scaled down. */
function lookAt(context: CanvasRenderingContext2D): Uint8ClampedArray {
  const canvas = document.querySelector<HTMLCanvasElement>('[data-panel-id=xy] canvas');
  if (!canvas) throw new Error('The page has no xy view.');
  context.drawImage(canvas, 0, 0, EDGE, EDGE);
  return context.getImageData(0, 0, EDGE, EDGE).data;
}

/** How many of its pixels differ clearly. */
function changedPixels(before: Uint8ClampedArray, now: Uint8ClampedArray): number {
  let changed = 0;
  for (let at = 0; at < now.length; at += 4)
    if (Math.abs((now[at] ?? 0) - (before[at] ?? 0)) > CLEARLY) changed++;
  return changed;
}

/** Resolves with the time, as performance.now has it, of the frame in which a tenth of the xy view differs from what it is now. */
export function whenViewChanges(): Promise<number> {
  const context = new OffscreenCanvas(EDGE, EDGE).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('There is no canvas to look with.');
  const plain = context as unknown as CanvasRenderingContext2D;
  const before = lookAt(plain).slice();
  return new Promise((resolve) => {
    const look = () => {
      if (changedPixels(before, lookAt(plain)) > (EDGE * EDGE) / 10) resolve(performance.now());
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

/** Of u8, and with a bit a voxel for its labels. */
const IMAGE_BRICK_BYTES = 64 ** 3;
const BRICK_BYTES = IMAGE_BRICK_BYTES + 64 ** 3 / 8;
/** With fewer bricks, what does not grow with them is most of it. */
const FEW_BRICKS = 32;

/** What is taken of GPU memory beside bricks of an image while nothing runs, in bytes: textures of slices, tables, empty places. */
export function gpuBesideBricks(): number {
  const { gpuBytes, bricks } = window.floodlight.stats();
  return gpuBytes - bricks.resident * IMAGE_BRICK_BYTES;
}

/**
 * The most that was taken of each budget, in parts of it, of samples until `stop`; `gpuOfBricks`: what GPU memory was taken in
 * all when most was, in parts of what image and labels of the bricks need that were there.
 */
export function watchBudgets(): {
  stop(): { gpu: number; memory: number; gpuOfBricks: number };
} {
  const most = { gpu: 0, memory: 0, gpuOfBricks: 0 };
  let mostBytes = 0;
  const sample = () => {
    const { gpuBytes, gpuBudgetBytes, memoryBytes, memoryBudgetBytes, bricks } =
      window.floodlight.stats();
    if (gpuBytes >= mostBytes && bricks.resident >= FEW_BRICKS) {
      mostBytes = gpuBytes;
      most.gpuOfBricks = gpuBytes / (bricks.resident * BRICK_BYTES);
    }
    most.gpu = Math.max(most.gpu, gpuBytes / Math.max(1, gpuBudgetBytes));
    most.memory = Math.max(most.memory, memoryBytes / Math.max(1, memoryBudgetBytes));
  };
  const timer = setInterval(sample, 50);
  return {
    stop() {
      sample();
      clearInterval(timer);
      return most;
    },
  };
}
