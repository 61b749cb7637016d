/**
 * What changes by itself while nobody waits for it – figures, growth where pictures are slow – changes on a beat that all
 * threads share, so that one picture of the page shows all of it: on a software adapter each costs some 100 ms of processor
 * time. Figures that change more often cannot be read either.
 */
const BEAT_MILLISECONDS = 500;

/** The number of the beat that we are in; all threads have the same. */
export const currentBeat = (): number => Math.floor(Date.now() / BEAT_MILLISECONDS);

/** How many milliseconds it is to the first beat that begins no sooner than after `rest` of them. */
export function untilBeat(rest: number): number {
  const now = Date.now();
  return Math.ceil((now + rest) / BEAT_MILLISECONDS) * BEAT_MILLISECONDS - now;
}

/** Does some work at the beginning of each beat until the returned function is called. */
export const onBeats = (work: () => void): (() => void) => repeat(work, () => untilBeat(1));

/**
 * The same in the middle of each beat, for what lies far from all else: a compositor draws the one rectangle around all that
 * has changed, so figures at two ends of the page cost as much as the whole of it, and one after the other next to nothing.
 */
export const betweenBeats = (work: () => void): (() => void) =>
  repeat(work, () => untilBeat(1 + BEAT_MILLISECONDS / 2) - BEAT_MILLISECONDS / 2);

function repeat(work: () => void, wait: () => number): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const next = () => {
    timer = setTimeout(() => {
      next();
      work();
    }, wait());
  };
  next();
  return () => clearTimeout(timer);
}
