/** Work that was begun before it is known whether its result is needed. */
export interface Ahead<T> {
  readonly result: Promise<T>;
  /** Aborts it; what it meets then is nobody's matter. */
  drop(): void;
}

/** Begins work, aborted once the caller's signal fires or it is dropped. It fails only those who wait for it. */
export function ahead<T>(
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Ahead<T> {
  const dropped = new AbortController();
  const result = work(signal ? AbortSignal.any([signal, dropped.signal]) : dropped.signal);
  result.catch(() => {});
  return { result, drop: () => dropped.abort() };
}
