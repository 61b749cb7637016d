import { type BrickKey, brickKey } from '../../core/brick';
import type { DrawingLimit, GridGeometry, SurfaceChange, SurfacePatch } from '../../core/surface';
import { subtract } from '../../core/vec';
import { bytesOfTree, LabelPyramid, type ReadSegmentBits } from '../label-pyramid/label-pyramid';
import type { TreeNode } from '../label-pyramid/segment-tree';
import type { Mesher } from '../mesher';
import type { SegmentMesh, SurfaceState } from '../protocol';
import { type Cut, chooseCut, SMALL_BRICKS } from './choose-cut';
import { Haste } from './haste';
import { NO_PIECE, Pieces } from './pieces';
import { ballOf, geometryOfLevel, pixelsOf, type SceneCamera } from './scene-camera';
import { type Patch, SegmentSurface, type Switch, type Wanted } from './segment-surface';
import { SetAside } from './set-aside';
import {
  type MeshWatch,
  type PieceMaker,
  UNWATCHED,
  unlessAborted,
  wholeSurface,
} from './whole-mesh';

/** Pieces under way in each mesh worker: it always has the next one at hand. */
const AT_ONCE_A_WORKER = 2;
/** What pieces may take unless told otherwise: shown ones on the page, and as much again here. */
const DEFAULT_BYTES = 3 * 2 ** 27;
/** What segments may take that are set aside, in parts of it. */
const ASIDE_SHARE = 1 / 8;
const MOST_PIECES = 4096;
/** Of segments that are not small, where no 3-D view says what it looks at. */
const MOST_PIECES_UNSEEN = 256;
/** Of `mesh`, 24 bytes each; on the way there are some copies. */
const MOST_TRIANGLES = 2 ** 24;
/** Planning takes no more than a fifth of the time, and is never put off for long. */
const PLANNING_REST = 4;
const LONGEST_REST_MILLISECONDS = 200;
/** Of a piece: where a machine is busy, the clock says more than the work took. */
const LONGEST_PAUSE_MILLISECONDS = 500;

export interface SurfaceLimits {
  /** What shown pieces may take, in bytes. */
  readonly bytes: number;
  /** Triangles that `mesh` gives at most. */
  readonly triangles: number;
}

const REASONS = { new: 1, outdated: 1, 'other-level': 0 } as const;

/**
 * The surfaces of all segments, piece by piece, each a brick's at some level of the pyramid: all of a segment at once,
 * coarse, and finer where the camera looks, as far as the budget allows. Small segments are shown at full resolution.
 * Pieces are made anew from the bits as they are when their turn comes; those beside a change, which see it too, once the
 * segment has come to rest, so that a growing segment is not made 27 times over and a finished one has no seams.
 */
export class Surfaces {
  readonly pyramid: LabelPyramid;
  private readonly pieces: Pieces;
  private readonly surfaces = new Map<number, SegmentSurface>();
  private readonly aside = new SetAside(({ tree }) => this.pyramid.forget(tree));
  private cut: Cut = { refined: new Set(), coarseRoots: new Set() };
  private camera: SceneCamera | undefined;
  private readonly haste = new Haste(() => this.replan());
  private wanted: Wanted[] = [];
  private readonly underWay = new Set<TreeNode>();
  private planning: ReturnType<typeof setTimeout> | undefined;
  private planAgainAt = 0;
  private waiters: (() => void)[] = [];

  constructor(
    private readonly mesher: Mesher,
    readBits: ReadSegmentBits,
    private readonly geometry: GridGeometry,
    private readonly onChange: (change: SurfaceChange) => void,
    private readonly onFailure: (error: unknown) => void,
    /** What extraction may take of a processor's time now, 0 to 1: a software GPU needs the same processors. */
    private readonly share: () => number = () => 1,
    private limits: SurfaceLimits = { bytes: DEFAULT_BYTES, triangles: MOST_TRIANGLES },
  ) {
    this.pyramid = new LabelPyramid(readBits);
    this.pieces = new Pieces(this.pyramid, mesher, geometry);
  }

  /** Of pieces kept here and of the pyramid; what the page shows comes on top. */
  get memoryBytes(): number {
    return this.pyramid.memoryBytes + this.keptBytes;
  }

  /** What the pieces shown may take from now on. */
  setBytes(bytes: number): void {
    this.limits = { ...this.limits, bytes };
    this.trimAside();
    this.replan();
  }

  /** How the 3-D view looks at the surfaces; undefined when there is none. */
  setCamera(camera: SceneCamera | undefined): void {
    if (camera && this.camera) this.haste.cameraMoved();
    this.camera = camera;
    this.replan();
  }

  /** What the 3-D view draws fast enough: no more is shown while the camera moves or a segment grows. */
  setDrawingLimit(limit: DrawingLimit): void {
    this.haste.setLimit(limit);
    this.replan();
  }

  /** Tells anew of all that is to be shown, to whoever knows nothing yet. */
  showAnew(): void {
    for (const { shown } of this.surfaces.values()) shown.clear();
    this.replan();
  }

  /** Says that the bits of these bricks of a segment have changed. */
  changed(segmentId: number, bricks: Iterable<BrickKey>): void {
    this.pyramid.changed(segmentId, bricks);
    const tree = this.pyramid.tree(segmentId);
    if (!tree) return;
    const surface = this.surfaces.get(segmentId) ?? new SegmentSurface(segmentId, tree);
    this.surfaces.set(segmentId, surface);
    surface.isAtRest = false;
    this.replan();
  }

  /** Says that a segment will not change for now: all pieces that saw older bits are made anew. */
  atRest(segmentId: number): void {
    const surface = this.surfaces.get(segmentId);
    if (!surface) return;
    surface.isAtRest = true;
    this.replan();
  }

  /** Forgets a segment's surface and tells that its pieces are gone. */
  remove(segmentId: number): void {
    const surface = this.detach(segmentId);
    if (surface) this.pyramid.forget(surface.tree);
  }

  /** The same, but the segment may be brought back by the edit that takes it away, and is shown soon then. */
  setAside(edit: object, segmentId: number): void {
    const surface = this.detach(segmentId);
    if (!surface) return;
    this.aside.put(edit, surface, bytesOfTree(surface.tree) + surface.leave());
    this.trimAside();
  }

  /** Brings a segment back that the same edit took away, with these bricks. */
  bringBack(edit: object, segmentId: number, bricks: Iterable<BrickKey>): void {
    const surface = this.surfaces.has(segmentId) ? undefined : this.aside.take(edit, segmentId);
    if (!surface) this.changed(segmentId, bricks);
    else {
      this.surfaces.set(segmentId, surface);
      this.pyramid.putBack(segmentId, surface.tree);
      surface.comeBack(this.pyramid.clock);
    }
    this.atRest(segmentId);
  }

  /** Forgets what was set aside by edits that bring nothing back any more. */
  trimAside(isKept?: (edit: object) => boolean): void {
    this.aside.trim(this.limits.bytes * ASIDE_SHARE, isKept);
  }

  /** Takes a segment off the scene and out of the pyramid. */
  private detach(segmentId: number): SegmentSurface | undefined {
    const surface = this.surfaces.get(segmentId);
    if (!surface) return undefined;
    this.surfaces.delete(segmentId);
    this.pyramid.takeOut(segmentId);
    this.tell(surface, { show: [], hide: [...surface.shown] });
    this.replan();
    return surface;
  }

  /** What of a segment is shown now; zeros when there is nothing. */
  state(segmentId: number): SurfaceState {
    const surface = this.surfaces.get(segmentId);
    const piecesOfLevels: number[] = [];
    let [triangles, bytes] = [0, 0];
    for (const node of surface?.shown ?? []) {
      while (piecesOfLevels.length <= node.level) piecesOfLevels.push(0);
      piecesOfLevels[node.level] = (piecesOfLevels[node.level] ?? 0) + 1;
      triangles += surface?.patches.get(node)?.triangles ?? 0;
      bytes += surface?.patches.get(node)?.bytes ?? 0;
    }
    return { piecesOfLevels, triangles, bytes, isSettled: this.isSettled(segmentId) };
  }

  /**
   * A segment's whole surface, closed, once all its bricks are up to date: at full resolution, or at the finest level at which
   * it has no more triangles than the limit. Rejects with the signal's reason once it fires.
   */
  async mesh(segmentId: number, watch: MeshWatch = UNWATCHED): Promise<SegmentMesh> {
    const { signal } = watch;
    while (!this.isSettled(segmentId)) {
      const settled = new Promise<void>((resolve) => this.waiters.push(resolve));
      await unlessAborted(settled, signal);
    }
    const surface = this.surfaces.get(segmentId);
    const { level, pieces } = surface
      ? await wholeSurface(surface, this.limits.triangles, this.makerOf(segmentId), watch)
      : { level: 0, pieces: [] };
    const { voxelSizeNm } = geometryOfLevel(this.geometry, level);
    const mesh = await unlessAborted(this.mesher.weld(pieces, signal), signal);
    return { ...mesh, level, voxelSizeNm };
  }

  private makerOf(id: number): PieceMaker {
    return {
      read: async (node) => {
        await this.pieces.refresh(id, node);
        return this.pyramid.bits(id, node);
      },
      make: async (node) => (await this.pieces.make(id, node, false)).piece,
    };
  }

  private isSettled(segmentId: number): boolean {
    const surface = this.surfaces.get(segmentId);
    if (!surface) return true;
    if (this.planning !== undefined || this.wanted.some((wanted) => wanted.surface === surface))
      return false;
    return ![...this.underWay].some((node) => surface.tree.has(node));
  }

  /** Plans now, or as soon as planning has rested. */
  private replan(): void {
    if (this.planning !== undefined) return;
    const pause = this.planAgainAt - performance.now();
    if (pause <= 0) this.plan();
    else
      this.planning = setTimeout(() => {
        this.planning = undefined;
        this.plan();
      }, pause);
  }

  private plan(): void {
    const started = performance.now();
    const isGrowing = [...this.surfaces.values()].some(({ isAtRest }) => !isAtRest);
    const hasteBytes = this.haste.mostBytes(isGrowing);
    this.cut = chooseCut(
      [...this.surfaces.values()].flatMap(({ tree: { root, bricks }, patches }) =>
        root ? [{ root, bricks, bytesOf: (node: TreeNode) => patches.get(node)?.bytes }] : [],
      ),
      {
        pixels: (node) => this.pixels(node),
        isAround: (node) => this.isAround(node),
        refinedBefore: this.cut.refined,
      },
      {
        bytes: Math.min(this.limits.bytes, hasteBytes),
        pieces: this.camera ? MOST_PIECES : MOST_PIECES_UNSEEN,
      },
    );
    this.wanted = [];
    for (const surface of this.surfaces.values()) {
      const { root, bricks } = surface.tree;
      const isCoarse = root !== undefined && this.cut.coarseRoots.has(root);
      // Else all pieces of a small segment would be made anew each time the camera moves, and again when it rests.
      const isCoarseForNow = bricks <= SMALL_BRICKS && hasteBytes < this.limits.bytes;
      surface.hasSkirts = isCoarse && !isCoarseForNow;
      const { change, wanted } = surface.plan(this.cut.refined);
      this.tell(surface, change);
      this.wanted.push(...wanted.filter(({ node }) => !this.underWay.has(node)));
    }
    this.sort();
    this.letGo();
    const ended = performance.now();
    const rest = Math.min((ended - started) * PLANNING_REST, LONGEST_REST_MILLISECONDS);
    this.planAgainAt = ended + rest;
    this.work();
    this.settle();
  }

  /** Without a camera all of a level is as near. */
  private pixels({ level, brickZyx }: TreeNode): number {
    if (!this.camera) return 2 ** level;
    const voxelNm = Math.max(...geometryOfLevel(this.geometry, level).voxelSizeNm);
    return pixelsOf(this.camera, ballOf(this.geometry, level, brickZyx), voxelNm);
  }

  private isAround({ level, brickZyx }: TreeNode): boolean {
    if (!this.camera) return false;
    const { centerNm, radiusNm } = ballOf(this.geometry, level, brickZyx);
    return Math.hypot(...subtract(centerNm, this.camera.positionNm)) <= radiusNm;
  }

  /**
   * Of what shows nothing, or something outdated, first segments of which nothing is shown: else those that grow would keep them waiting. Then
   * the newest segment's, longest waiting first; then what is largest in the picture.
   */
  private sort(): void {
    const isUnseen = ({ surface: { shown } }: Wanted) => Number(shown.size === 0);
    const pixels = new Map(this.wanted.map(({ node }) => [node, this.pixels(node)]));
    this.wanted.sort(
      (a, b) =>
        REASONS[b.reason] - REASONS[a.reason] ||
        isUnseen(b) - isUnseen(a) ||
        (REASONS[a.reason] && b.surface.id - a.surface.id) ||
        (REASONS[a.reason] && a.since - b.since) ||
        (pixels.get(b.node) ?? 0) - (pixels.get(a.node) ?? 0),
    );
  }

  private work(): void {
    while (this.underWay.size < AT_ONCE_A_WORKER * this.mesher.workers) {
      const next = this.wanted.shift();
      if (!next) break;
      this.underWay.add(next.node);
      this.extract(next)
        .catch(this.onFailure)
        .finally(() => {
          this.underWay.delete(next.node);
          this.replan();
          this.work();
          this.settle();
        });
    }
  }

  private async extract({ surface, node }: Wanted): Promise<void> {
    const started = performance.now();
    const { hasSkirts } = surface;
    const make = () => this.pieces.make(surface.id, node, hasSkirts);
    // Where it fails twice nothing is shown, until it changes.
    let made = { piece: NO_PIECE, readAt: this.pyramid.clock };
    try {
      // A worker that breaks down takes along what it had in work, be it others' fault.
      made = await make().catch(make);
    } finally {
      if (this.surfaces.get(surface.id) === surface) {
        surface.put(node, made.piece, made.readAt, hasSkirts);
        if (surface.shown.has(node)) this.tell(surface, { show: [node], hide: [] });
        else this.replan();
      }
    }
    const pause = Math.min(
      (performance.now() - started) * (1 / this.share() - 1),
      LONGEST_PAUSE_MILLISECONDS,
    );
    if (pause >= 1) await new Promise((resolve) => setTimeout(resolve, pause));
  }

  private tell({ id, patches }: SegmentSurface, { show, hide }: Switch): void {
    const place = ({ level, brickZyx }: TreeNode) => ({ level, brickKey: brickKey(brickZyx) });
    const gone = hide.map(place);
    const pieces: SurfacePatch[] = [];
    for (const node of show) {
      const piece = patches.get(node)?.piece;
      if (piece && piece.indices.length > 0) pieces.push({ ...place(node), ...piece });
      else gone.push(place(node));
    }
    if (gone.length > 0 || pieces.length > 0)
      this.onChange({ segmentId: id, patches: pieces, gone });
  }

  private get keptBytes(): number {
    let bytes = 0;
    for (const patch of this.patches()) if (patch.piece) bytes += patch.bytes;
    return bytes;
  }

  private *patches(): Generator<Patch> {
    for (const { patches } of this.surfaces.values()) yield* patches.values();
    for (const { patches } of this.aside.surfaces()) yield* patches.values();
  }

  /** Lets go of pieces that no longer fit, those made longest ago first; the page has those that are shown. */
  private letGo(): void {
    let bytes = this.keptBytes;
    if (bytes <= this.limits.bytes) return;
    const kept = [...this.patches()].filter(({ piece }) => piece);
    for (const patch of kept.sort((a, b) => a.readAt - b.readAt)) {
      if (bytes <= this.limits.bytes) return;
      bytes -= patch.bytes;
      patch.piece = undefined;
    }
  }

  private settle(): void {
    const waiters = this.waiters;
    this.waiters = [];
    for (const resolve of waiters) resolve();
  }
}
