/** Lets at most so many promises be unsettled at a time. */
export class InFlight {
  private readonly running = new Set<Promise<unknown>>();

  constructor(private readonly most: number) {}

  /** Resolves once one more may be started. */
  async room(): Promise<void> {
    while (this.running.size >= this.most) await Promise.race(this.running);
  }

  /** Counts a promise until it settles; whoever awaits it hears of its failure. */
  track<T>(promise: Promise<T>): Promise<T> {
    const settled: Promise<unknown> = promise.then(
      () => this.running.delete(settled),
      () => this.running.delete(settled),
    );
    this.running.add(settled);
    return promise;
  }
}
