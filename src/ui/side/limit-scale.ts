const STEPS_PER_DECADE = 9;
const FIRST_EXPONENT = 3;
const LAST_EXPONENT = 9;

/** The slider's last position: no limit. The ones before are 1, 2 … 9 times each power of ten from a thousand on. */
export const NO_LIMIT = (LAST_EXPONENT - FIRST_EXPONENT) * STEPS_PER_DECADE + 1;

/** The voxel limit at a position of the slider; null for none. */
export function limitOfPosition(position: number): number | null {
  if (position >= NO_LIMIT) return null;
  const decade = Math.floor(position / STEPS_PER_DECADE);
  return ((position % STEPS_PER_DECADE) + 1) * 10 ** (FIRST_EXPONENT + decade);
}

/** The slider's position that is nearest to a limit. */
export function positionOfLimit(limit: number | null): number {
  if (limit === null) return NO_LIMIT;
  const decade = Math.floor(Math.log10(limit) + 1e-9);
  const digit = Math.round(limit / 10 ** decade);
  const position = (decade - FIRST_EXPONENT) * STEPS_PER_DECADE + digit - 1;
  return Math.min(Math.max(position, 0), NO_LIMIT - 1);
}
