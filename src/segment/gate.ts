/** Where work waits while it is paused. */
export class Gate {
  private waiting: Promise<void> | undefined;
  private letThrough: () => void = () => {};
  private closedAt: number | undefined;
  /** How long it was closed, but for the time since it was closed last. */
  private closedMilliseconds = 0;

  get isClosed(): boolean {
    return this.waiting !== undefined;
  }

  /** Pauses what passes through here from now on. */
  close(): void {
    this.closedAt ??= performance.now();
    this.waiting ??= new Promise((resolve) => {
      this.letThrough = resolve;
    });
  }

  /** Lets all through that waits. */
  open(): void {
    this.closedMilliseconds = performance.now() - this.openMilliseconds;
    this.closedAt = undefined;
    this.waiting = undefined;
    this.letThrough();
  }

  /** A stopwatch that runs from now on: it tells for how many milliseconds the gate was open since. */
  stopwatch(): () => number {
    const from = this.openMilliseconds;
    return () => this.openMilliseconds - from;
  }

  private get openMilliseconds(): number {
    return (this.closedAt ?? performance.now()) - this.closedMilliseconds;
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
