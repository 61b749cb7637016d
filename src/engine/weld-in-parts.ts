import type { SurfaceMesh, SurfacePiece } from '../core/surface';
import { sizeOfPiece, Welder } from '../mesh/weld';

/** Vertices that are joined at a stretch, but for the last piece's: some milliseconds. */
const PART_VERTICES = 2 ** 15;

/** Meshes that are being joined, by number. */
export class Welds {
  private readonly welders = new Map<number, Welder>();
  private begun = 0;

  /** Begins one of so many vertices and indices at most. */
  beginWeld(vertices: number, indices: number): number {
    this.welders.set(++this.begun, new Welder(vertices, indices));
    return this.begun;
  }

  addToWeld(weld: number, pieces: readonly SurfacePiece[]): void {
    for (const piece of pieces) this.welders.get(weld)?.add(piece);
  }

  /** The mesh; nothing is kept of it. */
  endWeld(weld: number): SurfaceMesh {
    const mesh = (this.welders.get(weld) ?? new Welder(0, 0)).mesh();
    this.dropWeld(weld);
    return mesh;
  }

  dropWeld(weld: number): void {
    this.welders.delete(weld);
  }

  /** How many are being joined. */
  get size(): number {
    return this.welders.size;
  }
}

/** `Welds` in a worker. */
type RemoteWelds = {
  readonly [Call in 'beginWeld' | 'addToWeld' | 'endWeld' | 'dropWeld']: (
    ...parameters: Parameters<Welds[Call]>
  ) => Promise<ReturnType<Welds[Call]>>;
};

function* partsOf(pieces: readonly SurfacePiece[]): Generator<SurfacePiece[]> {
  let part: SurfacePiece[] = [];
  let vertices = 0;
  for (const piece of pieces) {
    part.push(piece);
    vertices += sizeOfPiece(piece).vertices;
    if (vertices < PART_VERTICES) continue;
    yield part;
    part = [];
    vertices = 0;
  }
  if (part.length > 0) yield part;
}

/**
 * Joins pieces in a worker, which hears other calls between two parts and neither works on nor keeps anything once the signal
 * fires; rejects with its reason then.
 */
export async function weldInParts(
  remote: RemoteWelds,
  pieces: readonly SurfacePiece[],
  signal: AbortSignal,
): Promise<SurfaceMesh> {
  signal.throwIfAborted();
  let [vertices, indices] = [0, 0];
  for (const piece of pieces) {
    const size = sizeOfPiece(piece);
    vertices += size.vertices;
    indices += size.indices;
  }
  const weld = await remote.beginWeld(vertices, indices);
  try {
    for (const part of partsOf(pieces)) {
      signal.throwIfAborted();
      await remote.addToWeld(weld, part);
    }
    signal.throwIfAborted();
    return await remote.endWeld(weld);
  } catch (error) {
    await remote.dropWeld(weld);
    throw error;
  }
}
