import type { Zyx } from '../core/vec';

/** Pieces of fewer voxels than this are taken up by a neighbour. */
const SPECK_VOXELS = 64;

/**
 * Gives each connected piece (6 neighbours) of each label a number of its own, from 1 on in the order of first voxels:
 * a neurite that leaves the block and comes back is two segments to whoever sees only the block.
 */
export function labelPieces(
  labels: Uint16Array,
  shapeZyx: Zyx,
): { labels: Uint16Array<ArrayBuffer>; pieces: number } {
  const numbered = new Uint16Array(labels.length);
  const [, ny, nx] = shapeZyx;
  let pieces = 0;
  for (let voxel = 0; voxel < labels.length; voxel++) {
    if (numbered[voxel] !== 0) continue;
    const members = flood(labels, shapeZyx, voxel, numbered, pieces + 1);
    if (members.length >= SPECK_VOXELS || voxel === 0) {
      pieces += 1;
      continue;
    }
    const before = voxel % nx > 0 ? 1 : voxel % (ny * nx) >= nx ? nx : ny * nx;
    for (const member of members) numbered[member] = numbered[voxel - before] as number;
  }
  return { labels: numbered, pieces };
}

/** Writes `number` to all voxels connected to one with its label; returns the first of them, up to `SPECK_VOXELS`. */
function flood(
  labels: Uint16Array,
  [nz, ny, nx]: Zyx,
  from: number,
  numbered: Uint16Array,
  number: number,
): readonly number[] {
  const label = labels[from];
  const members: number[] = [];
  const open = [from];
  numbered[from] = number;
  for (let voxel = open.pop(); voxel !== undefined; voxel = open.pop()) {
    if (members.length < SPECK_VOXELS) members.push(voxel);
    const x = voxel % nx;
    const row = (voxel - x) / nx;
    const y = row % ny;
    const z = (row - y) / ny;
    for (let side = 0; side < 6; side++) {
      let next = -1;
      if (side === 0 && x > 0) next = voxel - 1;
      else if (side === 1 && x + 1 < nx) next = voxel + 1;
      else if (side === 2 && y > 0) next = voxel - nx;
      else if (side === 3 && y + 1 < ny) next = voxel + nx;
      else if (side === 4 && z > 0) next = voxel - ny * nx;
      else if (side === 5 && z + 1 < nz) next = voxel + ny * nx;
      if (next < 0 || numbered[next] !== 0 || labels[next] !== label) continue;
      numbered[next] = number;
      open.push(next);
    }
  }
  return members;
}
