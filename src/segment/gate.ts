/** Where work waits while it is paused. */
export class Gate {
  private waiting: Promise<void> | undefined;
  private letThrough: () => void = () => {};

  get isClosed(): boolean {
    return this.waiting !== undefined;
  }

  /** Pauses what passes through here from now on. */
  close(): void {
    this.waiting ??= new Promise((resolve) => {
      this.letThrough = resolve;
    });
  }

  /** Lets all through that waits. */
  open(): void {
    this.waiting = undefined;
    this.letThrough();
  }

  /** Resolves at once while open, else when it is opened or the signal fires: whoever waits has to look at it. */
  async pass(signal: AbortSignal): Promise<void> {
    while (this.waiting && !signal.aborted) {
      let leave = () => {};
      const aborted = new Promise<void>((resolve) => {
        leave = resolve;
      });
      signal.addEventListener('abort', leave, { once: true });
      await Promise.race([this.waiting, aborted]);
      signal.removeEventListener('abort', leave);
    }
  }
}
