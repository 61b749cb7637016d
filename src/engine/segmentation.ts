import { BitsVault } from '../core/bits-vault';
import { type BrickKey, brickKey } from '../core/brick';
import { type Bits, paintWord } from '../core/brick-bits';
import { FloodlightError } from '../core/errors';
import { boxOfSegment, type PackedBits, type SegmentBits } from '../core/packed-bits';
import type { GridGeometry, SurfaceChange } from '../core/surface';
import type { Zyx } from '../core/vec';
import {
  type BrickSegments,
  bitsOfStates,
  bricksThatDiffer,
  bytesThatDiffer,
} from './brick-states';
import { type Edit, EditHistory, type HistoryState } from './edit-history';
import type { LabelSource, LoneSegment } from './label-bricks';
import type { LabelPyramid } from './label-pyramid/label-pyramid';
import { type LabelChange, LabelStore } from './label-store';
import type { Mesher } from './mesher';
import type { SegmentInfo } from './protocol';
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

/** Without what the voxels themselves say. */
type GrownInfo = SegmentInfo extends infer Info
  ? Info extends SegmentInfo
    ? Omit<Info, 'box'>
    : never
  : never;
type Infos = ReadonlyMap<number, SegmentInfo>;

/** The list of segments, and some bricks of theirs. */
interface SegmentationState {
  readonly infos: Infos;
  readonly bricks: Map<BrickKey, BrickSegments>;
}

/** Changes that are taken back as one, as long as no other came between them; `what` they are together, in words. */
export interface EditGroup {
  readonly what: string;
}

interface SegmentationEdit extends Edit {
  readonly before: SegmentationState;
  readonly after: SegmentationState;
  readonly group: EditGroup | undefined;
}

/** Where the disk takes no more, a fill may go past the memory's budget by so much before it ends. */
const MOST_OVER = 2;

interface Growing {
  readonly bits: Map<BrickKey, PackedBits>;
  /** The bricks that are drawn by who fills, from what it computes on. */
  readonly drawnElsewhere: (key: BrickKey) => boolean;
  /** Whether no segment ever had its id. */
  readonly isNew: boolean;
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
  /** By id, those painted over the others last. */
  private readonly growing = new Map<number, Growing>();
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
      () => (this.growing.size > 0 ? events.surfaceShare() : 1),
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
   * Begins a segment, or begins one anew that is there; `grow` shows what it has so far, and `finish` or `discard` ends it. It
   * is painted over the labels as it grows, except bricks that who fills draws. Several may grow at once.
   */
  begin(drawnElsewhere: (key: BrickKey) => boolean, again?: number): number {
    const id = again ?? this.nextId++;
    this.growing.set(id, { bits: new Map(), drawnElsewhere, isNew: again === undefined });
    return id;
  }

  /** Takes in bricks of a growing segment that changed. BUDGET_EXCEEDED when neither memory nor disk hold so much. */
  grow(id: number, changed: SegmentBits): void {
    const growing = this.growing.get(id);
    if (!growing || changed.size === 0) return;
    // Bricks that were put away are told again: they are no longer drawn elsewhere.
    const fresh = [...changed].filter(([key, bits]) => growing.bits.get(key) !== bits);
    for (const [key, bits] of fresh) growing.bits.set(key, bits);
    this.surfaces.changed(
      id,
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

  /** What a growing segment has so far. */
  grown(id: number): SegmentBits {
    return this.growing.get(id)?.bits ?? new Map();
  }

  has(key: BrickKey): boolean {
    return this.labels.has(key) || this.paintedOver(key).length > 0;
  }

  version(key: BrickKey): number {
    return this.labels.version(key) + (this.growth.get(key) ?? 0);
  }

  lone(brickZyx: Zyx): LoneSegment | undefined {
    const key = brickKey(brickZyx);
    const [first, ...others] = [...this.labels.segmentsIn(key), ...this.paintedOver(key)];
    if (!first || others.length > 0) return undefined;
    const [id, bits] = first;
    return { id, bits: () => this.vault.unpack(bits) };
  }

  brick(brickZyx: Zyx): Uint32Array<ArrayBuffer> {
    const ids = this.labels.brick(brickZyx);
    for (const [id, bits] of this.paintedOver(brickKey(brickZyx)))
      this.vault.visit(bits, (word, value) => paintWord(ids, word, value, id));
    return ids;
  }

  /** Makes a growing segment's voxels its own; other segments lose those they shared with it. One edit with others of its group. */
  finish(bits: SegmentBits, info: GrownInfo, group?: EditGroup): SegmentInfo {
    const grown = this.growing.get(info.id)?.bits;
    this.rest(info.id);
    const infosBefore = new Map(this.infos);
    const change = this.labels.commit(info.id, bits);
    const done: SegmentInfo = { ...info, box: boxOfSegment(bits) };
    this.infos.set(info.id, done);
    const trimmed = grown ? [...grown].filter(([key, was]) => bits.get(key) !== was) : [];
    const fresh = [...bits.keys()].filter((key) => !grown?.has(key));
    const had = [...change.before].filter(([key, segments]) => {
      const mine = segments.get(info.id);
      return mine && mine !== bits.get(key);
    });
    this.surfaces.changed(info.id, [...[...trimmed, ...had].map(([key]) => key), ...fresh]);
    this.surfaces.atRest(info.id);
    for (const [other, count] of change.lost) this.shrink(other, count);
    const what = infosBefore.has(info.id) ? 'change' : 'fill';
    const edit = this.note(`${what} of segment ${info.id}`, infosBefore, change, group);
    const differ = bricksThatDiffer(change.before, change.after);
    // What is taken back with others may come back otherwise than it went.
    for (const id of change.lost.keys())
      this.showChange(group ? undefined : edit, id, differ.get(id) ?? []);
    this.trim();
    this.tell();
    return done;
  }

  /** Lets go of what grows; a segment that was begun anew is as it was before. The id of one that never was is the next one's. */
  discard(ids: Iterable<number> = this.growing.keys()): void {
    for (const id of [...ids].sort((a, b) => b - a)) {
      const keys = [...this.grown(id).keys()];
      if (this.growing.get(id)?.isNew && id === this.nextId - 1) this.nextId--;
      this.rest(id);
      if (!this.infos.has(id)) this.surfaces.remove(id);
      else {
        this.surfaces.changed(id, keys);
        this.surfaces.atRest(id);
      }
    }
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
    const edit = this.note(`removal of segment ${id}`, infosBefore, this.labels.remove(id));
    this.surfaces.setAside(edit, id);
    this.tell();
  }

  /** Takes the last finished change back; false when there is none. */
  undo(): boolean {
    const edit = this.history.undo();
    if (edit) this.restore(edit, edit.before);
    return edit !== undefined;
  }

  /** Does what was taken back last again; false when there is none. */
  redo(): boolean {
    const edit = this.history.redo();
    if (edit) this.restore(edit, edit.after);
    return edit !== undefined;
  }

  private note(
    what: string,
    infosBefore: Infos,
    { before, after }: LabelChange,
    group?: EditGroup,
  ): SegmentationEdit {
    const bytes = bytesThatDiffer(before, after);
    const infos = new Map(this.infos);
    const { newest } = this.history;
    if (group && newest?.group === group) {
      const { before: first, after: last } = newest;
      for (const [key, segments] of before)
        if (!first.bricks.has(key)) first.bricks.set(key, segments);
      for (const [key, segments] of after) last.bricks.set(key, segments);
      // At most: what a later change of the group replaced is held no longer.
      const all = { ...newest, bytes: newest.bytes + bytes, after: { ...last, infos } };
      this.history.replaceNewest(all);
      return all;
    }
    const edit = {
      what: group?.what ?? what,
      bytes,
      before: { infos: infosBefore, bricks: new Map(before) },
      after: { infos, bricks: new Map(after) },
      group,
    };
    this.history.push(edit);
    this.surfaces.trimAside((each) => this.history.has(each));
    return edit;
  }

  private restore(edit: SegmentationEdit, { infos, bricks }: SegmentationState): void {
    const infosBefore = new Map(this.infos);
    const before = this.labels.restore(bricks);
    this.infos.clear();
    for (const [id, info] of infos) this.infos.set(id, info);
    for (const [id, keys] of bricksThatDiffer(before, bricks)) {
      if (infosBefore.has(id)) this.showChange(edit, id, keys);
      else this.surfaces.bringBack(edit, id, keys);
    }
    this.tell();
  }

  /** A segment that was there has changed in these bricks; perhaps it is gone, and the edit, where it is given, brings it back as it was. */
  private showChange(
    edit: SegmentationEdit | undefined,
    id: number,
    keys: Iterable<BrickKey>,
  ): void {
    if (this.infos.has(id)) {
      this.surfaces.changed(id, keys);
      this.surfaces.atRest(id);
    } else if (!edit || this.growing.has(id)) this.surfaces.remove(id);
    else this.surfaces.setAside(edit, id);
  }

  /** What growing segments have in a brick, where they are painted over the labels. */
  private paintedOver(key: BrickKey): [number, PackedBits][] {
    const painted: [number, PackedBits][] = [];
    for (const [id, { bits, drawnElsewhere }] of this.growing) {
      const mine = bits.get(key);
      if (mine && !drawnElsewhere(key)) painted.push([id, mine]);
    }
    return painted;
  }

  /** A segment grows no more; bricks that were painted over have to be seen without that. */
  private rest(id: number): void {
    this.touch(this.grown(id).keys());
    this.growing.delete(id);
  }

  private *held(): Generator<PackedBits> {
    yield* this.labels.held();
    for (const { bits } of this.growing.values()) yield* bits.values();
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
    const bits = this.growing.get(id)?.bits.get(brickKey(brickZyx));
    return bits ? this.vault.unpack(bits) : this.labels.bitsOf(id, brickZyx);
  }

  /** A segment that lost voxels to a newer one; gone when none are left. */
  private shrink(id: number, lost: number): void {
    const info = this.infos.get(id);
    if (!info) return;
    const voxels = info.voxels - lost;
    if (voxels === 0) this.infos.delete(id);
    else this.infos.set(id, { ...info, voxels, box: boxOfSegment(this.labels.segment(id)) });
  }

  private tell(): void {
    this.events.onSegments(this.segments);
    this.events.onHistory(this.history.state);
    this.events.onLabels();
  }
}
