/**
 * Lets waiting events run first: a task of its own, and without the 4 ms that browsers add to timers. Not
 * scheduler.yield, which lets messages wait, an abort's among them.
 */
export function yieldToEvents(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
