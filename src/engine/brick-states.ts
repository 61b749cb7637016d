import { packedBytes } from '../core/bits-vault';
import type { BrickKey } from '../core/brick';
import type { PackedBits } from '../core/packed-bits';

/** The bits of the segments in a brick; never changed, only replaced. */
export type BrickSegments = ReadonlyMap<number, PackedBits>;

/** Some bricks as they were, or are to be; empty where no segment has a voxel. */
export type BrickStates = ReadonlyMap<BrickKey, BrickSegments>;

export const NO_SEGMENTS: BrickSegments = new Map();

/** The bricks of each segment that are others in one of two states of the same bricks. */
export function bricksThatDiffer(a: BrickStates, b: BrickStates): Map<number, BrickKey[]> {
  const found = new Map<number, BrickKey[]>();
  for (const [key, before] of a) {
    const after = b.get(key) ?? NO_SEGMENTS;
    for (const id of new Set([...before.keys(), ...after.keys()])) {
      if (before.get(id) === after.get(id)) continue;
      const keys = found.get(id);
      if (keys) keys.push(key);
      else found.set(id, [key]);
    }
  }
  return found;
}

/** What both states keep of bits that the other one has not, in bytes. */
export function bytesThatDiffer(a: BrickStates, b: BrickStates): number {
  let bytes = 0;
  for (const [key, before] of a) {
    const after = b.get(key) ?? NO_SEGMENTS;
    for (const [id, mine] of before) if (after.get(id) !== mine) bytes += packedBytes(mine);
    for (const [id, mine] of after) if (before.get(id) !== mine) bytes += packedBytes(mine);
  }
  return bytes;
}

/** All bits of some bricks. */
export function* bitsOfStates(states: BrickStates): Generator<PackedBits> {
  for (const segments of states.values()) yield* segments.values();
}
