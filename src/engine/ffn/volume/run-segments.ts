import { type BrickKey, brickOfKey } from '../../../core/brick';
import { measureWords, type PackedBits, type SegmentBits } from '../../../core/packed-bits';
import type { Zyx } from '../../../core/vec';
import { clearBits, finestBricks, finestVoxel, maskOfBrick } from '../../../segment/ffn/mask';
import type { FfnObject } from '../../../segment/ffn/object';
import { type CheckedFfnParams, type FfnParams, MOST_SEEDS } from '../../../segment/ffn/params';
import type { SeedOutcome } from '../../../segment/ffn/volume/segment-subvolume';
import type { SubvolumeLabels } from '../../../segment/ffn/volume/subvolume-labels';
import type { BackendId, SegmentInfo } from '../../protocol';
import type { EditGroup, Segmentation } from '../../segmentation';
import { GrowingObject } from '../growing-object';
import type { Placing } from '../placing';

/** The segments that a run over a volume makes: of objects of one subvolume after the other, joined where they are one. All are one edit. */
export class RunSegments {
  /** All that the run made and that were not joined to others. */
  private readonly made = new Set<number>();
  private part: SubvolumeLabels | undefined;
  /** The segments of the part's labels, by these; label 0 is none. */
  private partIds: number[] = [0];
  private partSegments = new Set<number>();
  /** The object that is shown as it grows, under the id that it will have. */
  private growing: GrowingObject | undefined;
  private readonly edit: EditGroup = { what: 'segmentation of the volume' };
  private backend: BackendId = 'cpu';
  private adapter = '';
  /** Segments that became part of another. */
  joined = 0;

  constructor(
    private readonly segmentation: Segmentation,
    private readonly placing: Placing,
    private readonly params: CheckedFfnParams,
    private readonly segmentLogit: number,
  ) {}

  /** Of those that the user has not removed meanwhile. */
  get ids(): readonly number[] {
    return this.infos.map(({ id }) => id);
  }

  get voxels(): number {
    return this.infos.reduce((sum, { voxels }) => sum + voxels, 0);
  }

  has(id: number): boolean {
    return this.made.has(id);
  }

  /** A segment of an earlier part by its own id; 0 for any other. */
  earlier(id: number): number {
    return this.made.has(id) && !this.partSegments.has(id) ? id : 0;
  }

  /** The segment of a label of the part. */
  idOf(label: number): number {
    return this.partIds[label] ?? 0;
  }

  ranOn(backend: BackendId, adapter: string): void {
    this.backend = backend;
    this.adapter = adapter;
  }

  /** What is added from now on is of this subvolume. */
  beginPart(labels: SubvolumeLabels): void {
    this.part = labels;
    this.partIds = [0];
    this.partSegments = new Set();
  }

  /** Shows an object as it is by now. */
  show(object: FfnObject): void {
    const { segmentation, placing, segmentLogit } = this;
    this.growing ??= new GrowingObject(
      object,
      segmentation.begin(() => false),
      placing,
      segmentLogit,
      segmentation,
    );
    this.growing.show();
  }

  /** Shows no object any more: the one that grew came to nothing, or was broken off. */
  hide(): void {
    if (this.growing) this.segmentation.discard([this.growing.id]);
    this.growing = undefined;
  }

  /**
   * Makes an object a segment; voxels that others have stay theirs. One that has none left is taken for the segment in its middle: a
   * run that was broken off in this very session had made it.
   */
  add({ startZyx, runs, steps, unread }: SeedOutcome, milliseconds: number): void {
    const { part, segmentation } = this;
    if (!part) return;
    const label = this.partIds.length;
    part.take(label, runs);
    const id = this.growing?.id ?? segmentation.begin(() => false);
    this.growing = undefined;
    const bits = this.bitsOf(part, label, id, part.bricksOf(runs));
    const voxels = voxelsOf(bits);
    const seedZyx = finestVoxel(startZyx, this.placing.grid);
    if (voxels === 0) {
      segmentation.discard([id]);
      const owner = segmentation.labels.labelAt(seedZyx);
      this.partIds.push(owner);
      if (owner !== 0) this.note(owner);
      return;
    }
    const { params, backend, adapter } = this;
    const { level } = this.placing;
    const info = {
      ...({
        id,
        algorithm: 'ffn',
        seedZyx,
        params,
        voxels,
        level,
        backend,
        adapter,
        steps,
      } as const),
      bricks: bits.size,
      unreadBricks: unread,
      complete: unread === 0,
      milliseconds,
    };
    segmentation.finish(bits, info, this.edit);
    this.partIds.push(id);
    this.note(id);
  }

  /** Makes one segment of several, under the lowest id. */
  join(group: readonly number[]): void {
    const { segmentation } = this;
    const { ids } = this;
    const [kept, ...others] = group.filter((id) => ids.includes(id));
    if (kept === undefined || others.length === 0) return;
    const { labels } = segmentation;
    const bits = new Map(labels.segment(kept));
    for (const other of others)
      for (const [key, theirs] of labels.segment(other)) {
        const mine = bits.get(key);
        bits.set(key, mine ? this.union(mine, theirs) : theirs);
      }
    const { box: _, ...info } = segmentation.require(kept);
    const all = { ...info, voxels: voxelsOf(bits), bricks: bits.size };
    const seeds = others.map((id) => segmentation.require(id)).flatMap(seedsOf);
    segmentation.begin(() => false, kept);
    segmentation.finish(bits, all.algorithm === 'ffn' ? withSeeds(all, seeds) : all, this.edit);
    for (const other of others) this.made.delete(other);
    this.partIds = this.partIds.map((id) => (others.includes(id) ? kept : id));
    this.joined += others.length;
  }

  private note(id: number): void {
    this.made.add(id);
    this.partSegments.add(id);
  }

  private get infos() {
    return this.segmentation.segments.filter(({ id }) => this.made.has(id));
  }

  private union(a: PackedBits, b: PackedBits): PackedBits {
    const { vault } = this.segmentation.labels;
    const words = vault.unpack(a);
    const others = vault.unpack(b);
    for (let word = 0; word < words.length; word++)
      words[word] = (words[word] ?? 0) | (others[word] ?? 0);
    return vault.pack(words);
  }

  private bitsOf(
    part: SubvolumeLabels,
    label: number,
    id: number,
    levelBricks: Iterable<BrickKey>,
  ): SegmentBits {
    const { grid } = this.placing;
    const { labels } = this.segmentation;
    const mask = part.maskOf(label);
    const finest = new Set<BrickKey>();
    for (const key of levelBricks)
      for (const covered of finestBricks(key, grid)) finest.add(covered);
    const bits = new Map<BrickKey, PackedBits>();
    for (const key of finest) {
      const words = maskOfBrick(mask, brickOfKey(key), 1, grid);
      const others = labels.othersOf(id, key);
      if (others) clearBits(words, others);
      if (measureWords(words).voxels > 0) bits.set(key, labels.vault.pack(words));
    }
    return bits;
  }
}

const voxelsOf = (bits: SegmentBits): number =>
  [...bits.values()].reduce((sum, { voxels }) => sum + voxels, 0);

const seedsOf = ({ seedZyx, ...info }: SegmentInfo): readonly Zyx[] =>
  info.algorithm === 'ffn' ? [seedZyx, ...(info.params.seedsZyx ?? [])] : [];

/** With further seeds, so that it can be grown anew of all; no more than a request may have. */
const withSeeds = <Info extends { params: FfnParams }>(
  info: Info,
  seedsZyx: readonly Zyx[],
): Info => ({
  ...info,
  params: {
    ...info.params,
    seedsZyx: [...(info.params.seedsZyx ?? []), ...seedsZyx].slice(0, MOST_SEEDS),
  },
});
