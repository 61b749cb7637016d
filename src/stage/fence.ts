/** Not each frame: frames begin while the graphics card shows the last one, when it would keep waiting whoever asks it something. */
const LOOK_MILLISECONDS = 8;

/**
 * Tells once the graphics card has done all that it was asked for until now, looking every few milliseconds: that costs nothing,
 * where a question that has to be answered at once would wait for it. A lost context has done all.
 */
export function whenDone(context: WebGL2RenderingContext, done: () => void): void {
  const fence = context.fenceSync(context.SYNC_GPU_COMMANDS_COMPLETE, 0);
  context.flush();
  const look = () => {
    const isDone =
      !fence || context.getSyncParameter(fence, context.SYNC_STATUS) === context.SIGNALED;
    if (!isDone && !context.isContextLost()) {
      setTimeout(look, LOOK_MILLISECONDS);
      return;
    }
    context.deleteSync(fence);
    done();
  };
  setTimeout(look, LOOK_MILLISECONDS);
}
