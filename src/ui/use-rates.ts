import { useEffect, useState } from 'react';
import { betweenBeats, currentBeat, onBeats } from '../core/beat';
import { useSession } from './session-context';

/** Rates are of so many beats. */
const WINDOW_BEATS = 2;

const onWindows = (work: () => void): (() => void) =>
  betweenBeats(() => {
    if (currentBeat() % WINDOW_BEATS === 0) work();
  });

/** How much one of the statistics that only grow has grown, a second, over the last second. */
export function useGrowth(of: 'fetchedBytes' | 'decodedBytes'): number {
  const session = useSession();
  const [rate, setRate] = useState(0);
  useEffect(() => {
    const read = () => session.state.statistics?.[of] ?? 0;
    let amount = read();
    let time = performance.now();
    return onWindows(() => {
      const now = performance.now();
      const next = read();
      // Another volume counts from zero again.
      setRate(Math.max(0, ((next - amount) * 1000) / (now - time)));
      amount = next;
      time = now;
    });
  }, [session, of]);
  return rate;
}

/** Frames per second that this page's main thread keeps up with. */
export function useFrameRate(): number {
  const [rate, setRate] = useState(0);
  useEffect(() => {
    let frames = 0;
    let start = performance.now();
    let request = 0;
    const count = () => {
      frames++;
      request = requestAnimationFrame(count);
    };
    request = requestAnimationFrame(count);
    const end = onWindows(() => {
      const now = performance.now();
      setRate(Math.round((frames * 1000) / (now - start)));
      frames = 0;
      start = now;
    });
    return () => {
      end();
      cancelAnimationFrame(request);
    };
  }, []);
  return rate;
}

/** Whole seconds until a time (milliseconds since 1970), counted in beats; 0 from then on, and while it is null. */
export function useSecondsUntil(time: number | null): number {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const look = () => setSeconds(Math.max(0, Math.ceil(((time ?? 0) - Date.now()) / 1000)));
    look();
    return time === null ? undefined : betweenBeats(look);
  }, [time]);
  return seconds;
}

/** For how many milliseconds `key` has been what it is without being paused, counted in beats; 0 while it is null. */
export function useElapsed(key: number | null, isPaused: boolean): number {
  const [elapsed, setElapsed] = useState({ key, milliseconds: 0 });
  useEffect(() => {
    if (key === null || isPaused) return;
    let from = performance.now();
    const count = () => {
      const now = performance.now();
      const more = now - from;
      from = now;
      setElapsed((before) => ({
        key,
        milliseconds: (before.key === key ? before.milliseconds : 0) + more,
      }));
    };
    const end = onBeats(count);
    return () => {
      end();
      count();
    };
  }, [key, isPaused]);
  return elapsed.key === key ? elapsed.milliseconds : 0;
}
