import { type BrickKey, brickKey, brickOfKey } from '../core/brick';
import type { Bits } from '../core/brick-bits';
import type { GridGeometry, SurfaceMesh } from '../core/surface';
import { add, type Zyx } from '../core/vec';
import { padMask } from '../mesh/padded-mask';
import type { Mesher } from './mesher';
import type { SurfacePatch } from './protocol';

/** Reads a segment's present bits of a brick. */
export type ReadSegmentBits = (segmentId: number, brickZyx: Zyx) => Bits | undefined;

/** Patches under way in the mesh worker at once: it always has the next one at hand. */
const MOST_AT_ONCE = 2;

interface Surface {
  readonly patches: Map<BrickKey, SurfaceMesh>;
  /** Bricks to extract, longest waiting first. */
  readonly dirty: Set<BrickKey>;
  /** When each brick's bits changed and when its patch was begun, by the clock of `Surfaces`. */
  readonly changedAt: Map<BrickKey, number>;
  readonly begunAt: Map<BrickKey, number>;
}

/**
 * The surfaces of all segments, patch by patch. Bricks whose voxels changed are extracted anew, from the bits as they are
 * when their turn comes; their neighbours, whose patches see these voxels too, once the segment has come to rest, so that
 * a growing segment is not extracted 27 times over and a finished one has no seams.
 */
export class Surfaces {
  private readonly surfaces = new Map<number, Surface>();
  private active = 0;
  private clock = 0;
  private waiters: (() => void)[] = [];

  constructor(
    private readonly mesher: Mesher,
    private readonly readBits: ReadSegmentBits,
    private readonly geometry: GridGeometry,
    private readonly onPatch: (patch: SurfacePatch) => void,
    private readonly onFailure: (error: unknown) => void,
    /** What extraction may take of a processor's time now, 0 to 1: a software GPU needs the same processors. */
    private readonly share: () => number = () => 1,
  ) {}

  /** Says that the bits of these bricks of a segment have changed. */
  changed(segmentId: number, bricks: Iterable<BrickKey>): void {
    const surface = this.surfaces.get(segmentId) ?? newSurface();
    this.surfaces.set(segmentId, surface);
    this.clock++;
    for (const key of bricks) {
      surface.changedAt.set(key, this.clock);
      surface.dirty.add(key);
    }
    this.work();
  }

  /** Says that a segment will not change for now: all patches that saw older bits are extracted anew. */
  atRest(segmentId: number): void {
    const surface = this.surfaces.get(segmentId);
    if (!surface) return;
    for (const [key, changedAt] of surface.changedAt)
      for (const neighbor of neighborhood(brickOfKey(key))) {
        const at = brickKey(neighbor);
        const begunAt = surface.begunAt.get(at) ?? -1;
        if (begunAt < changedAt && this.readBits(segmentId, neighbor)) surface.dirty.add(at);
      }
    this.work();
  }

  /** Forgets a segment's surface and tells that its patches are gone. */
  remove(segmentId: number): void {
    const surface = this.surfaces.get(segmentId);
    if (!surface) return;
    this.surfaces.delete(segmentId);
    for (const key of surface.patches.keys())
      this.onPatch({ segmentId, brickKey: key, ...empty() });
    this.settle();
  }

  /** A segment's whole surface, once all its bricks are up to date. */
  async mesh(segmentId: number): Promise<SurfaceMesh> {
    while (this.active > 0 || this.surfaces.get(segmentId)?.dirty.size)
      await new Promise<void>((resolve) => this.waiters.push(resolve));
    return this.mesher.weld([...(this.surfaces.get(segmentId)?.patches.values() ?? [])]);
  }

  private work(): void {
    while (this.active < MOST_AT_ONCE) {
      const next = this.next();
      if (!next) break;
      this.active++;
      this.extract(...next)
        .catch(this.onFailure)
        .finally(() => {
          this.active--;
          this.work();
          this.settle();
        });
    }
  }

  /** Takes a dirty brick, of the newest segment first. */
  private next(): [number, Surface, BrickKey] | undefined {
    for (const [id, surface] of [...this.surfaces].reverse())
      for (const key of surface.dirty) {
        surface.dirty.delete(key);
        return [id, surface, key];
      }
    return undefined;
  }

  private async extract(segmentId: number, surface: Surface, key: BrickKey): Promise<void> {
    const brickZyx = brickOfKey(key);
    surface.begunAt.set(key, this.clock);
    const started = performance.now();
    const mask = padMask((at) => this.readBits(segmentId, at), brickZyx);
    const patch = await this.mesher.extract(mask, brickZyx, this.geometry);
    if (this.surfaces.get(segmentId) === surface) {
      surface.patches.set(key, patch);
      this.onPatch({ segmentId, brickKey: key, ...patch });
    }
    const pause = (performance.now() - started) * (1 / this.share() - 1);
    if (pause >= 1) await new Promise((resolve) => setTimeout(resolve, pause));
  }

  private settle(): void {
    const waiters = this.waiters;
    this.waiters = [];
    for (const resolve of waiters) resolve();
  }
}

const newSurface = (): Surface => ({
  patches: new Map(),
  dirty: new Set(),
  changedAt: new Map(),
  begunAt: new Map(),
});

const empty = (): SurfaceMesh => ({
  positions: new Float32Array(),
  normals: new Float32Array(),
  indices: new Uint32Array(),
});

/** A brick and its neighbours inside the grid's positive octant. */
function* neighborhood(brickZyx: Zyx): Generator<Zyx> {
  for (let z = -1; z <= 1; z++)
    for (let y = -1; y <= 1; y++)
      for (let x = -1; x <= 1; x++) {
        const at = add(brickZyx, [z, y, x]);
        if (at.every((value) => value >= 0)) yield at;
      }
}
