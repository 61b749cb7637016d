import { useEffect, useState } from 'react';
import { useSession } from './session-context';

const WINDOW_MILLISECONDS = 1000;

/** How much one of the statistics that only grow has grown, a second, over the last second. */
export function useGrowth(of: 'fetchedBytes' | 'decodedBytes'): number {
  const session = useSession();
  const [rate, setRate] = useState(0);
  useEffect(() => {
    const read = () => session.state.statistics?.[of] ?? 0;
    let amount = read();
    let time = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      const next = read();
      // Another volume counts from zero again.
      setRate(Math.max(0, ((next - amount) * 1000) / (now - time)));
      amount = next;
      time = now;
    }, WINDOW_MILLISECONDS);
    return () => clearInterval(timer);
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
    const count = (now: number) => {
      frames++;
      if (now - start >= WINDOW_MILLISECONDS) {
        setRate(Math.round((frames * 1000) / (now - start)));
        frames = 0;
        start = now;
      }
      request = requestAnimationFrame(count);
    };
    request = requestAnimationFrame(count);
    return () => cancelAnimationFrame(request);
  }, []);
  return rate;
}

/** Milliseconds since `key` last changed, counted in tenths of a second; stands still at 0 while it is null. */
export function useElapsed(key: number | null): number {
  const [elapsed, setElapsed] = useState(0);
  useEffect(() => {
    setElapsed(0);
    if (key === null) return;
    const start = performance.now();
    const timer = setInterval(() => setElapsed(performance.now() - start), 100);
    return () => clearInterval(timer);
  }, [key]);
  return elapsed;
}
