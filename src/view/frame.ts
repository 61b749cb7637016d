/** Work that runs once in the next animation frame, however often it is asked for. */
export interface FrameTask {
  request(): void;
  cancel(): void;
}

export function frameTask(work: () => void): FrameTask {
  let handle: number | null = null;
  return {
    request() {
      handle ??= requestAnimationFrame(() => {
        handle = null;
        work();
      });
    },
    cancel() {
      if (handle !== null) cancelAnimationFrame(handle);
      handle = null;
    },
  };
}
