import type { Box } from '../../../core/box';
import { FloodlightError } from '../../../core/errors';
import { minimum, volumeOf, type Zyx } from '../../../core/vec';

/** Where the parts of `size` voxels begin: as few as cover them, evenly apart, neighbours sharing `overlap` voxels or more. */
function startsAlong(size: number, edge: number, overlap: number): number[] {
  if (size <= edge) return [0];
  const parts = Math.ceil((size - overlap) / (edge - overlap));
  return Array.from({ length: parts }, (_, part) =>
    Math.round((part * (size - edge)) / (parts - 1)),
  );
}

/**
 * Boxes of at most `edge` voxels an axis that cover a box, neighbours overlapping by `overlap` or more, in z, y, x order.
 * BAD_PARAMETERS where they would not get on.
 */
export function subvolumesOf(box: Box, edge: number, overlap: number): Box[] {
  if (!(Number.isInteger(edge) && Number.isInteger(overlap) && overlap >= 0 && edge > overlap))
    throw new FloodlightError('BAD_PARAMETERS', {
      what: 'Subvolumes',
      reason: `an edge of ${edge} voxels has to be larger than an overlap of ${overlap}`,
    });
  const along = (axis: 0 | 1 | 2) =>
    startsAlong(box.shapeZyx[axis], edge, overlap).map((start) => ({
      origin: box.originZyx[axis] + start,
      size: Math.min(edge, box.shapeZyx[axis]),
    }));
  const [zs, ys, xs] = [along(0), along(1), along(2)];
  return zs.flatMap((z) =>
    ys.flatMap((y) =>
      xs.map((x) => ({
        originZyx: [z.origin, y.origin, x.origin] as Zyx,
        shapeZyx: [z.size, y.size, x.size] as Zyx,
      })),
    ),
  );
}

/** The usual edges of subvolumes, the best first. */
const EDGES = [256, 192, 128] as const;
/** Planes of floats that are held while seeds are found. */
const SEED_PLANES = 80;

/** What a subvolume takes in memory: its labels, and the planes that its seeds are found in. */
export const subvolumeBytes = (shapeZyx: Zyx): number =>
  4 * volumeOf(shapeZyx) + 4 * SEED_PLANES * shapeZyx[1] * shapeZyx[2];

/**
 * The edge of a volume's subvolumes: the one that is wanted, else the largest usual one that the budget has room for.
 * BUDGET_EXCEEDED where it has none.
 */
export function edgeWithin(shapeZyx: Zyx, wanted: number | undefined, budgetBytes: number): number {
  const bytesOf = (edge: number) => subvolumeBytes(minimum(shapeZyx, [edge, edge, edge]));
  const edges: readonly number[] = wanted === undefined ? EDGES : [wanted];
  const edge = edges.find((some) => bytesOf(some) <= budgetBytes);
  if (edge !== undefined) return edge;
  throw new FloodlightError('BUDGET_EXCEEDED', {
    what: 'A subvolume',
    neededBytes: Math.min(...edges.map(bytesOf)),
    budgetBytes,
    advice: 'Make subvolumes smaller, or raise the budget of memory',
  });
}
