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
export function onBeats(work: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const wait = () => {
    timer = setTimeout(() => {
      wait();
      work();
    }, untilBeat(1));
  };
  wait();
  return () => clearTimeout(timer);
}
