/**
 * Tells once the graphics card has done all that it was asked for until now, looking each frame: that costs nothing, where a
 * question that has to be answered at once would wait for it. A lost context has done all. What it returns ends it untold.
 */
export function whenDone(context: WebGL2RenderingContext, done: () => void): () => void {
  const fence = context.fenceSync(context.SYNC_GPU_COMMANDS_COMPLETE, 0);
  context.flush();
  let request = 0;
  const look = () => {
    const isDone =
      !fence || context.getSyncParameter(fence, context.SYNC_STATUS) === context.SIGNALED;
    if (!isDone && !context.isContextLost()) {
      request = requestAnimationFrame(look);
      return;
    }
    context.deleteSync(fence);
    done();
  };
  request = requestAnimationFrame(look);
  return () => {
    cancelAnimationFrame(request);
    context.deleteSync(fence);
  };
}
