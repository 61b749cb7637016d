/** Where a position outside of 0 to `size` - 1 is taken from: d c b a | a b c d | d c b a (SciPy's `reflect`). */
export function mirrored(at: number, size: number): number {
  const within = ((at % (2 * size)) + 2 * size) % (2 * size);
  return within < size ? within : 2 * size - 1 - within;
}
