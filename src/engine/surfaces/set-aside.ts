import type { SegmentSurface } from './segment-surface';

interface Aside {
  readonly edit: object;
  readonly surface: SegmentSurface;
  readonly bytes: number;
}

/** Segments that an edit took away, for when the same edit brings them back: then all of their bits are as they were. */
export class SetAside {
  /** By id; set aside longest ago first. */
  private readonly kept = new Map<number, Aside>();
  private bytes = 0;

  constructor(private readonly onForgotten: (surface: SegmentSurface) => void) {}

  *surfaces(): Generator<SegmentSurface> {
    for (const { surface } of this.kept.values()) yield surface;
  }

  /** Keeps a segment that takes so many bytes, in place of what was kept of this id. */
  put(edit: object, surface: SegmentSurface, bytes: number): void {
    this.forget(surface.id);
    this.kept.set(surface.id, { edit, surface, bytes });
    this.bytes += bytes;
  }

  /** A segment that this edit took away; undefined where it is not kept. */
  take(edit: object, id: number): SegmentSurface | undefined {
    const aside = this.kept.get(id);
    if (aside?.edit !== edit) return undefined;
    this.kept.delete(id);
    this.bytes -= aside.bytes;
    return aside.surface;
  }

  /** Forgets what edits took away that can be taken back or done again no more, and the oldest past so many bytes. */
  trim(mostBytes: number, isKept: (edit: object) => boolean = () => true): void {
    for (const [id, { edit }] of this.kept)
      if (!isKept(edit) || this.bytes > mostBytes) this.forget(id);
  }

  private forget(id: number): void {
    const aside = this.kept.get(id);
    if (!aside) return;
    this.kept.delete(id);
    this.bytes -= aside.bytes;
    this.onForgotten(aside.surface);
  }
}
