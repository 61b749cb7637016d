import { BitsVault } from '../core/bits-vault';
import { type BrickKey, brickKey } from '../core/brick';
import { type Bits, paintBits } from '../core/brick-bits';
import { FloodlightError } from '../core/errors';
import { boxOfSegment, type PackedBits, type SegmentBits } from '../core/packed-bits';
import type { GridGeometry } from '../core/surface';
import type { Zyx } from '../core/vec';
import { type BrickStates, bitsOfStates, bricksThatDiffer, bytesThatDiffer } from './brick-states';
import { type Edit, EditHistory, type HistoryState } from './edit-history';
import type { LabelSource } from './label-bricks';
import type { LabelPyramid } from './label-pyramid/label-pyramid';
import { type LabelChange, LabelStore } from './label-store';
import type { Mesher } from './mesher';
import type { SegmentInfo, SurfaceChange } from './protocol';
import { Surfaces } from './surfaces/surfaces';

export interface SegmentationEvents {
  onSegments(segments: readonly SegmentInfo[]): void;
  /** What can be undone and redone has changed. */
  onHistory(state: HistoryState): void;
  onSurface(change: SurfaceChange): void;
  /** Voxels changed that slices may show. */
  onLabels(): void;
  onFailure(error: unknown): void;
  /** How many bytes of voxels lie on the disk now. */
  onSpilled(bytes: number): void;
  /** What surfaces may take of a processor's time while a segment grows, 0 to 1. */
  surfaceShare(): number;
}

type Infos = ReadonlyMap<number, SegmentInfo>;

/** The list of segments, and some bricks of theirs. */
interface SegmentationState {
  readonly infos: Infos;
  readonly bricks: BrickStates;
}

interface SegmentationEdit extends Edit {
  readonly before: SegmentationState;
  readonly after: SegmentationState;
}

/** Where the disk takes no more, a fill may go past the memory's budget by so much before it ends. */
const MOST_OVER = 2;

interface Growing {
  readonly id: number;
  readonly bits: Map<BrickKey, PackedBits>;
  /** The bricks that are drawn by who fills, from what it computes on. */
  readonly drawnElsewhere: (key: BrickKey) => boolean;
}

/**
 * The segments of an open volume: their list, their voxels, their surfaces, and the one that is growing. As a source of
 * labels: the finished ones, painted over with the growing one.
 */
export class Segmentation implements LabelSource {
  readonly labels: LabelStore;
  readonly surfaces: Surfaces;
  private readonly infos = new Map<number, SegmentInfo>();
  private readonly history = new EditHistory<SegmentationEdit>();
  private growing: Growing | undefined;
  /** How often growing segments changed bricks that slices may show. */
  private readonly growth = new Map<BrickKey, number>();
  private nextId = 1;

  constructor(
    mesher: Mesher,
    geometry: GridGeometry,
    private readonly events: SegmentationEvents,
    private readonly vault = new BitsVault(),
  ) {
    this.labels = new LabelStore(vault);
    this.surfaces = new Surfaces(
      mesher,
      (id, brickZyx) => this.bitsOf(id, brickZyx),
      geometry,
      events.onSurface,
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

  /** Changes what its bits may take in memory and on the disk, in bytes. */
  setBudgets(memoryBytes: number, diskBytes: number): void {
    this.vault.budgetBytes = memoryBytes;
    this.vault.fileBudgetBytes = diskBytes;
    this.trim();
  }

  /** What its bits take in main memory, those that can be taken back included. */
  get memoryBytes(): number {
    return this.vault.memoryBytes;
  }

  /**
   * Begins a segment; `grow` shows what it has so far, and `finish` or `discard` ends it. It is painted over the labels as it
   * grows, except bricks that who fills draws.
   */
  begin(drawnElsewhere: (key: BrickKey) => boolean): number {
    const id = this.nextId++;
    this.growing = { id, bits: new Map(), drawnElsewhere };
    return id;
  }

  /** Takes in bricks of the growing segment that changed. BUDGET_EXCEEDED when neither memory nor disk hold so much. */
  grow(changed: SegmentBits): void {
    const { growing } = this;
    if (!growing || changed.size === 0) return;
    // Bricks that were put away are told again: they are no longer drawn elsewhere.
    const fresh = [...changed].filter(([key, bits]) => growing.bits.get(key) !== bits);
    for (const [key, bits] of fresh) growing.bits.set(key, bits);
    this.surfaces.changed(
      growing.id,
      fresh.map(([key]) => key),
    );
    const painted = [...changed.keys()].filter((key) => !growing.drawnElsewhere(key));
    this.touch(painted);
    if (painted.length > 0) this.events.onLabels();
    this.trimIfDue();
  }

  get pyramid(): LabelPyramid {
    return this.surfaces.pyramid;
  }

  /** What the growing segment has so far. */
  get grown(): SegmentBits {
    return this.growing?.bits ?? new Map();
  }

  has(key: BrickKey): boolean {
    return this.labels.has(key) || this.paintedOver(key) !== undefined;
  }

  version(key: BrickKey): number {
    return this.labels.version(key) + (this.growth.get(key) ?? 0);
  }

  brick(brickZyx: Zyx): Uint32Array<ArrayBuffer> {
    const ids = this.labels.brick(brickZyx);
    const bits = this.paintedOver(brickKey(brickZyx));
    if (this.growing && bits) paintBits(ids, this.vault.unpack(bits), this.growing.id);
    return ids;
  }

  /** Makes the growing segment's voxels its own; other segments lose those they shared with it. */
  finish(bits: SegmentBits, info: Omit<SegmentInfo, 'box'>): SegmentInfo {
    const grown = this.growing?.bits;
    this.rest();
    const infosBefore = new Map(this.infos);
    const change = this.labels.commit(info.id, bits);
    const done: SegmentInfo = { ...info, box: boxOfSegment(bits) };
    this.infos.set(info.id, done);
    const trimmed = grown ? [...grown].filter(([key, was]) => bits.get(key) !== was) : [];
    const fresh = [...bits.keys()].filter((key) => !grown?.has(key));
    this.surfaces.changed(info.id, [...trimmed.map(([key]) => key), ...fresh]);
    this.surfaces.atRest(info.id);
    for (const [other, count] of change.lost) this.shrink(other, count, change.after.keys());
    this.note(`fill of segment ${info.id}`, infosBefore, change);
    this.trim();
    this.tell();
    return done;
  }

  discard(): void {
    const id = this.growing?.id;
    this.rest();
    if (id !== undefined) this.surfaces.remove(id);
    this.trim();
    this.events.onLabels();
  }

  /** Takes all surfaces off the scene: another volume takes this one's place. */
  clear(): void {
    for (const id of this.infos.keys()) this.surfaces.remove(id);
  }

  remove(id: number): void {
    this.require(id);
    const infosBefore = new Map(this.infos);
    this.infos.delete(id);
    this.note(`removal of segment ${id}`, infosBefore, this.labels.remove(id));
    this.surfaces.remove(id);
    this.tell();
  }

  /** Takes the last finished change back; false when there is none. */
  undo(): boolean {
    const edit = this.history.undo();
    if (edit) this.restore(edit.before);
    return edit !== undefined;
  }

  /** Does what was taken back last again; false when there is none. */
  redo(): boolean {
    const edit = this.history.redo();
    if (edit) this.restore(edit.after);
    return edit !== undefined;
  }

  private note(what: string, infosBefore: Infos, { before, after }: LabelChange): void {
    this.history.push({
      what,
      bytes: bytesThatDiffer(before, after),
      before: { infos: infosBefore, bricks: before },
      after: { infos: new Map(this.infos), bricks: after },
    });
  }

  private restore({ infos, bricks }: SegmentationState): void {
    const before = this.labels.restore(bricks);
    this.infos.clear();
    for (const [id, info] of infos) this.infos.set(id, info);
    for (const [id, keys] of bricksThatDiffer(before, bricks)) {
      if (!infos.has(id)) this.surfaces.remove(id);
      else {
        this.surfaces.changed(id, keys);
        this.surfaces.atRest(id);
      }
    }
    this.tell();
  }

  /** What the growing segment has in a brick, where it is painted over the labels. */
  private paintedOver(key: BrickKey): PackedBits | undefined {
    const { growing } = this;
    return growing?.drawnElsewhere(key) ? undefined : growing?.bits.get(key);
  }

  /** Nothing grows any more; bricks that were painted over have to be seen without that. */
  private rest(): void {
    this.touch(this.growing?.bits.keys() ?? []);
    this.growing = undefined;
  }

  private *held(): Generator<PackedBits> {
    yield* this.labels.held();
    if (this.growing) yield* this.growing.bits.values();
    for (const { before, after } of this.history.edits()) {
      yield* bitsOfStates(before.bricks);
      yield* bitsOfStates(after.bricks);
    }
  }

  /** Moves bits to the disk, as far as it takes them; returns what is left in memory. */
  private trim(): number {
    const memoryBytes = this.vault.trim(this.held());
    this.events.onSpilled(this.vault.fileBytes);
    return memoryBytes;
  }

  /** BUDGET_EXCEEDED when neither memory nor disk hold so much. */
  private trimIfDue(): void {
    const { vault } = this;
    if (!vault.isTrimDue) return;
    const neededBytes = this.trim();
    if (neededBytes <= MOST_OVER * vault.budgetBytes) return;
    throw new FloodlightError(
      'BUDGET_EXCEEDED',
      { what: 'The segmentation', neededBytes, budgetBytes: vault.budgetBytes },
      vault.fileFailure,
    );
  }

  private touch(keys: Iterable<BrickKey>): void {
    for (const key of keys) this.growth.set(key, (this.growth.get(key) ?? 0) + 1);
  }

  private bitsOf(id: number, brickZyx: Zyx): Bits | undefined {
    if (this.growing?.id !== id) return this.labels.bitsOf(id, brickZyx);
    const bits = this.growing.bits.get(brickKey(brickZyx));
    return bits && this.vault.unpack(bits);
  }

  /** A segment that lost voxels to a newer one; gone when none are left. */
  private shrink(id: number, lost: number, bricks: Iterable<BrickKey>): void {
    const info = this.infos.get(id);
    if (!info) return;
    const voxels = info.voxels - lost;
    if (voxels === 0) {
      this.infos.delete(id);
      this.surfaces.remove(id);
      return;
    }
    this.infos.set(id, { ...info, voxels, box: boxOfSegment(this.labels.segment(id)) });
    this.surfaces.changed(id, bricks);
    this.surfaces.atRest(id);
  }

  private tell(): void {
    this.events.onSegments(this.segments);
    this.events.onHistory(this.history.state);
    this.events.onLabels();
  }
}
