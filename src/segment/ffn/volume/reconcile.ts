/** Two labels are one where what they share in the overlap is more than this part of what either has there. */
const LEAST_SHARE = 0.5;

/**
 * Which labels of a part are the same as which of what was there before, where both cover the same voxels: pairs that share more than
 * half of their union there, so that no label has two partners. 0 is no label. When in doubt labels stay apart: a split is
 * sooner mended than a merge.
 */
export function samePairs(
  labels: Uint32Array,
  before: Uint32Array,
): (readonly [label: number, before: number])[] {
  const sizes = new Map<number, number>();
  const sizesBefore = new Map<number, number>();
  const shared = new Map<number, Map<number, number>>();
  for (let from = 0; from < labels.length; ) {
    const label = labels[from] ?? 0;
    const other = before[from] ?? 0;
    let end = from + 1;
    while (end < labels.length && labels[end] === label && before[end] === other) end++;
    const run = end - from;
    from = end;
    if (label !== 0) count(sizes, label, run);
    if (other !== 0) count(sizesBefore, other, run);
    if (label === 0 || other === 0) continue;
    const partners = shared.get(label) ?? new Map<number, number>();
    shared.set(label, partners);
    count(partners, other, run);
  }
  return [...shared].flatMap(([label, partners]) =>
    [...partners].flatMap(([other, both]) => {
      const either = (sizes.get(label) ?? 0) + (sizesBefore.get(other) ?? 0) - both;
      return both > LEAST_SHARE * either ? [[label, other] as const] : [];
    }),
  );
}

const count = (counts: Map<number, number>, key: number, by: number): void =>
  void counts.set(key, (counts.get(key) ?? 0) + by);

/** Groups of ids that are one by pairs, each group in ascending order; ids without a pair are in none. */
export function groupsOf(pairs: Iterable<readonly [number, number]>): number[][] {
  const parents = new Map<number, number>();
  const root = (id: number): number => {
    let at = id;
    for (let parent = parents.get(at); parent !== undefined && parent !== at; ) {
      at = parent;
      parent = parents.get(at);
    }
    parents.set(id, at);
    return at;
  };
  for (const [one, other] of pairs) {
    const [a, b] = [root(one), root(other)];
    // The lowest id is the root.
    parents.set(Math.max(a, b), Math.min(a, b));
    parents.set(Math.min(a, b), Math.min(a, b));
  }
  const groups = new Map<number, number[]>();
  for (const id of [...parents.keys()].sort((a, b) => a - b)) {
    const members = groups.get(root(id)) ?? [];
    members.push(id);
    groups.set(root(id), members);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}
