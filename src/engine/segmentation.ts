import { type BrickKey, brickKey } from '../core/brick';
import { type Bits, type BrickBits, boxOfBits } from '../core/brick-bits';
import { FloodlightError } from '../core/errors';
import type { GridGeometry } from '../core/surface';
import type { Zyx } from '../core/vec';
import { LabelStore } from './label-store';
import type { Mesher } from './mesher';
import type { SegmentInfo, SurfacePatch } from './protocol';
import { Surfaces } from './surfaces';

export interface SegmentationEvents {
  onSegments(segments: readonly SegmentInfo[]): void;
  onPatch(patch: SurfacePatch): void;
  /** Voxels changed that slices may show. */
  onLabels(): void;
  onFailure(error: unknown): void;
  /** What surfaces may take of a processor's time while a segment grows, 0 to 1. */
  surfaceShare(): number;
}

/** The segments of an open volume: their list, their voxels, their surfaces, and the one that is growing. */
export class Segmentation {
  readonly labels = new LabelStore();
  readonly surfaces: Surfaces;
  private readonly infos = new Map<number, SegmentInfo>();
  private growing: { readonly id: number; readonly bits: BrickBits } | undefined;
  private nextId = 1;

  constructor(
    mesher: Mesher,
    geometry: GridGeometry,
    private readonly events: SegmentationEvents,
  ) {
    this.surfaces = new Surfaces(
      mesher,
      (id, brickZyx) => this.bitsOf(id, brickZyx),
      geometry,
      events.onPatch,
      events.onFailure,
      () => (this.growing ? events.surfaceShare() : 1),
    );
  }

  get segments(): SegmentInfo[] {
    return [...this.infos.values()];
  }

  /** UNKNOWN_SEGMENT when there is none of this id. */
  require(id: number): SegmentInfo {
    const info = this.infos.get(id);
    if (!info) throw new FloodlightError('UNKNOWN_SEGMENT', { id });
    return info;
  }

  /** Begins a segment; `grow` shows what it has so far, and `finish` or `discard` ends it. */
  begin(): number {
    const id = this.nextId++;
    this.growing = { id, bits: new Map() };
    return id;
  }

  grow(changed: BrickBits): void {
    if (!this.growing) return;
    for (const [key, bits] of changed) this.growing.bits.set(key, bits);
    this.surfaces.changed(this.growing.id, changed.keys());
  }

  /** Makes the growing segment's voxels its own; other segments lose those they shared with it. */
  finish(bits: BrickBits, info: Omit<SegmentInfo, 'box'>): SegmentInfo {
    const grown = this.growing?.bits;
    this.growing = undefined;
    const change = this.labels.commit(info.id, bits);
    const done: SegmentInfo = { ...info, box: boxOfBits(bits) };
    this.infos.set(info.id, done);
    const trimmed = grown ? [...grown].filter(([key, was]) => bits.get(key) !== was) : [];
    const fresh = [...bits.keys()].filter((key) => !grown?.has(key));
    this.surfaces.changed(info.id, [...trimmed.map(([key]) => key), ...fresh]);
    this.surfaces.atRest(info.id);
    for (const [other, count] of change.lost) this.shrink(other, count, change.bricks);
    this.tell();
    return done;
  }

  discard(): void {
    const id = this.growing?.id;
    this.growing = undefined;
    if (id !== undefined) this.surfaces.remove(id);
    this.events.onLabels();
  }

  /** Takes all surfaces off the scene: another volume takes this one's place. */
  clear(): void {
    for (const id of this.infos.keys()) this.surfaces.remove(id);
  }

  remove(id: number): void {
    this.require(id);
    this.infos.delete(id);
    this.labels.remove(id);
    this.surfaces.remove(id);
    this.tell();
  }

  private bitsOf(id: number, brickZyx: Zyx): Bits | undefined {
    if (this.growing?.id !== id) return this.labels.bitsOf(id, brickZyx);
    return this.growing.bits.get(brickKey(brickZyx));
  }

  /** A segment that lost voxels to a newer one; gone when none are left. */
  private shrink(id: number, lost: number, bricks: readonly BrickKey[]): void {
    const info = this.infos.get(id);
    if (!info) return;
    const voxels = info.voxels - lost;
    if (voxels === 0) {
      this.infos.delete(id);
      this.labels.remove(id);
      this.surfaces.remove(id);
      return;
    }
    this.infos.set(id, { ...info, voxels, box: boxOfBits(this.labels.segment(id)) });
    this.surfaces.changed(id, bricks);
    this.surfaces.atRest(id);
  }

  private tell(): void {
    this.events.onSegments(this.segments);
    this.events.onLabels();
  }
}
