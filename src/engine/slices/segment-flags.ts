/** Bits of one segment, as in shaders/slice/view.wgsl. */
const SELECTED = 1;
const HIDDEN = 2;
const BITS = 2;
const SEGMENTS_PER_WORD = 32 / BITS;

/** Which segments are selected and hidden, two bits each, indexed by segment id. Pure. */
export function segmentFlags(
  selectedIds: readonly number[],
  hiddenIds: readonly number[],
): Uint32Array<ArrayBuffer> {
  const largest = [...selectedIds, ...hiddenIds].reduce((a, b) => Math.max(a, b), 0);
  const words = new Uint32Array(Math.floor(largest / SEGMENTS_PER_WORD) + 1);
  const mark = (ids: readonly number[], flag: number) => {
    for (const id of ids) {
      const word = Math.floor(id / SEGMENTS_PER_WORD);
      words[word] = (words[word] ?? 0) | (flag << ((id % SEGMENTS_PER_WORD) * BITS));
    }
  };
  mark(selectedIds, SELECTED);
  mark(hiddenIds, HIDDEN);
  return words;
}
