import type { Bits } from '../../core/brick-bits';
import type { SurfacePiece } from '../../core/surface';
import { countFaces } from '../../mesh/count-faces';
import { yieldToEvents } from '../../segment/cpu/yield';
import type { SegmentTree, TreeNode } from '../label-pyramid/segment-tree';
import type { MeshProgress } from '../protocol';
import type { SegmentSurface } from './segment-surface';

/** Who waits for a whole mesh. */
export interface MeshWatch {
  readonly signal: AbortSignal;
  onProgress(progress: MeshProgress): void;
}

export const UNWATCHED: MeshWatch = { signal: new AbortController().signal, onProgress: () => {} };

/** What pieces are made with. */
export interface PieceMaker {
  /** A brick's bits as they are now. */
  read(node: TreeNode): Promise<Bits | undefined>;
  make(node: TreeNode): Promise<SurfacePiece>;
}

const PROGRESS_MILLISECONDS = 100;
/** How long bricks are looked at at a stretch; then messages are heard, a cancel's among them. */
const STRETCH_MILLISECONDS = 8;

/** A segment's nodes of a level that may hold voxels. */
export function* nodesOfLevel({ root }: SegmentTree, level: number): Generator<TreeNode> {
  const open = root ? [root] : [];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.isEmpty) continue;
    if (node.level <= level) yield node;
    else for (const child of node.children) if (child) open.push(child);
  }
}

/** Lets events in now and then. */
class Stretch {
  private restedAt = performance.now();

  constructor(private readonly signal: AbortSignal) {}

  async end(): Promise<void> {
    this.signal.throwIfAborted();
    if (performance.now() - this.restedAt < STRETCH_MILLISECONDS) return;
    await yieldToEvents();
    this.restedAt = performance.now();
    this.signal.throwIfAborted();
  }
}

/**
 * The finest level at which a segment's surface has at most so many triangles, or its coarsest. Faces between bricks are not
 * counted, about one in fifty.
 */
async function finestLevelWithin(
  triangles: number,
  surface: SegmentSurface,
  { read }: PieceMaker,
  stretch: Stretch,
): Promise<number> {
  const coarsest = surface.tree.root?.level ?? 0;
  const isWithin = async (level: number): Promise<boolean> => {
    let count = 0;
    for (const node of nodesOfLevel(surface.tree, level)) {
      await stretch.end();
      const bits = surface.current(node) ? undefined : await read(node);
      count += bits ? 2 * countFaces(bits) : (surface.patches.get(node)?.triangles ?? 0);
      if (count > triangles) return false;
    }
    return true;
  };
  for (let level = 0; level < coarsest; level++) if (await isWithin(level)) return level;
  return coarsest;
}

/** All pieces of a level; undefined when they have too many triangles. */
async function piecesOf(
  surface: SegmentSurface,
  level: number,
  triangles: number,
  { make }: PieceMaker,
  stretch: Stretch,
  onPiece: (done: number, total: number) => void,
): Promise<SurfacePiece[] | undefined> {
  const nodes = [...nodesOfLevel(surface.tree, level)];
  const isTop = level >= (surface.tree.root?.level ?? 0);
  const pieces: SurfacePiece[] = [];
  let made = 0;
  for (const node of nodes) {
    await stretch.end();
    const piece = surface.current(node) ?? (await make(node));
    pieces.push(piece);
    made += (piece.indices.length - piece.skirtIndices) / 3;
    if (made > triangles && !isTop) return undefined;
    onPiece(pieces.length, nodes.length);
  }
  return pieces;
}

/**
 * The pieces of a segment's whole surface at the finest level at which it has at most so many triangles. Rejects with the
 * signal's reason once it fires.
 */
export async function wholeSurface(
  surface: SegmentSurface,
  triangles: number,
  maker: PieceMaker,
  { signal, onProgress }: MeshWatch,
): Promise<{ level: number; pieces: SurfacePiece[] }> {
  const stretch = new Stretch(signal);
  const started = performance.now();
  let told = Number.NEGATIVE_INFINITY;
  const onPiece = (bricks: number, bricksTotal: number) => {
    const milliseconds = performance.now() - started;
    if (bricks < bricksTotal && milliseconds - told < PROGRESS_MILLISECONDS) return;
    told = milliseconds;
    onProgress({ bricks, bricksTotal, milliseconds });
  };
  // What is counted at first leaves out faces between bricks.
  for (let level = await finestLevelWithin(triangles, surface, maker, stretch); ; level++) {
    const pieces = await piecesOf(surface, level, triangles, maker, stretch, onPiece);
    if (pieces) return { level, pieces };
  }
}

/** Settles as a promise does, or, where that comes first, rejects with the signal's reason. */
export function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
