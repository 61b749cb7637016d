import { FloodlightError } from './errors';

interface Entry<Slot> {
  readonly slot: Slot;
  pins: number;
}

/**
 * A pool of bricks, least recently used evicted first. It is a cache: what it holds can be had again from its source. Where
 * bricks lie, and so what a slot is, is a matter of the memory they are in.
 */
export abstract class BrickLru<Slot> {
  /** Insertion order is order of use: the first is the least recently used. */
  private readonly entries = new Map<string, Entry<Slot>>();
  /** Bricks that made room for others, so far. */
  evictions = 0;
  private drops = 0;

  constructor(
    protected readonly label: string,
    readonly bytesPerBrick: number,
  ) {}

  /** Bricks that the pool may hold at once. */
  abstract readonly mostBricks: number;

  /** Bytes of main memory that the pool's bricks take. */
  abstract readonly memoryBytes: number;

  /** What the pool's bricks may take, in bytes. */
  protected abstract readonly budgetBytes: number;

  /** Changes what the pool may take, in bytes. What is over it goes at once, but for pinned bricks and what lies beside them. */
  abstract setLimit(limitBytes: number): void;

  /** A slot that holds nothing yet; undefined when the budget has room for none. */
  protected abstract allocate(): Slot | undefined;

  /** Puts a brick's bytes, as they are, into a slot. */
  protected abstract write(slot: Slot, data: ArrayBufferView<ArrayBuffer>): void;

  get size(): number {
    return this.entries.size;
  }

  has(key: string): boolean {
    return this.entries.has(key);
  }

  /** The brick's slot, now the most recently used; undefined when it is not resident. */
  get(key: string): Slot | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry.slot;
  }

  /** Takes a brick in and returns its slot; replaces what the key held. BUDGET_EXCEEDED when all others are pinned. */
  put(key: string, data: ArrayBufferView<ArrayBuffer>): Slot {
    const slot = this.get(key) ?? this.take(key);
    this.write(slot, data);
    return slot;
  }

  /** Keeps a resident brick from being evicted until `unpin` was called as often. */
  pin(key: string): void {
    const entry = this.entries.get(key);
    if (entry) entry.pins++;
  }

  unpin(key: string): void {
    const entry = this.entries.get(key);
    // None are left of one that was lost and came again.
    if (entry && entry.pins > 0) entry.pins--;
  }

  /** Lets go of a brick unless it is pinned: its slot is the next to be used. */
  drop(key: string): void {
    const entry = this.entries.get(key);
    if (!entry || entry.pins > 0) return;
    this.entries.delete(key);
    const others = [...this.entries];
    this.entries.clear();
    this.entries.set(`dropped ${++this.drops}`, entry);
    for (const [other, kept] of others) this.entries.set(other, kept);
  }

  /** Lets go of all bricks and their memory. */
  dispose(): void {
    this.entries.clear();
  }

  /** Lets go of the bricks in these slots, pinned or not: they are lost. */
  protected forget(isLost: (slot: Slot) => boolean): void {
    for (const [key, { slot }] of this.entries) if (isLost(slot)) this.entries.delete(key);
  }

  /** Lets go of the least recently used brick that is not pinned; undefined where there is none. */
  protected evictOne(): Slot | undefined {
    for (const [key, { slot, pins }] of this.entries) {
      if (pins > 0) continue;
      this.entries.delete(key);
      this.evictions++;
      return slot;
    }
    return undefined;
  }

  /** Lets go of all bricks whose slots `isLost` holds for, unless one of them is pinned; returns whether it did. */
  protected evictAll(isLost: (slot: Slot) => boolean): boolean {
    const lost = [...this.entries].filter(([, { slot }]) => isLost(slot));
    if (lost.some(([, { pins }]) => pins > 0)) return false;
    for (const [key] of lost) this.entries.delete(key);
    this.evictions += lost.length;
    return true;
  }

  private take(key: string): Slot {
    const slot = this.allocate() ?? this.evict();
    this.entries.set(key, { slot, pins: 0 });
    return slot;
  }

  private evict(): Slot {
    const slot = this.evictOne();
    if (slot) return slot;
    throw new FloodlightError('BUDGET_EXCEEDED', {
      what: this.label,
      neededBytes: (this.entries.size + 1) * this.bytesPerBrick,
      budgetBytes: this.budgetBytes,
    });
  }
}
