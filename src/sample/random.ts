import type { Zyx } from '../core/vec';

/** A seeded source of random numbers: the only one the sample uses, so that a seed names one volume. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Uniform integer in [0, count). */
  below(count: number): number;
  /** Normal, mean 0, standard deviation 1. */
  normal(): number;
  /** Uniform on the unit sphere. */
  direction(): Zyx;
}

/** mulberry32 (Tommy Ettinger, public domain) with a stream per `seed` and `purpose`. */
export function makeRandom(seed: number, purpose: string): Random {
  let state = (seed * 0x9e3779b1) | 0;
  for (const letter of purpose)
    state = Math.imul(state ^ letter.charCodeAt(0), 0x85ebca6b) ^ 0x27d4;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number) => low + (high - low) * next();
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const direction = (): Zyx => {
    const z = between(-1, 1);
    const angle = between(0, 2 * Math.PI);
    const around = Math.sqrt(1 - z * z);
    return [z, around * Math.sin(angle), around * Math.cos(angle)];
  };
  return { next, between, below: (count) => Math.floor(next() * count), normal, direction };
}
