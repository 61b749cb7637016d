/** A change that can be taken back: what it was, and what it takes to keep. */
export interface Edit {
  /** In words: “Undo …”. */
  readonly what: string;
  readonly bytes: number;
}

/** What can be taken back and done again next, in words; null where there is nothing. */
export interface HistoryState {
  readonly undo: string | null;
  readonly redo: string | null;
}

const MOST_BYTES = 256 * 2 ** 20;

/** Edits in order, to take back and to do again; the oldest are forgotten past a budget. */
export class EditHistory<E extends Edit> {
  private readonly done: E[] = [];
  private undone: E[] = [];

  constructor(private readonly mostBytes = MOST_BYTES) {}

  get state(): HistoryState {
    return { undo: this.done.at(-1)?.what ?? null, redo: this.undone.at(-1)?.what ?? null };
  }

  get bytes(): number {
    return [...this.done, ...this.undone].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** All that can be taken back or done again. */
  *edits(): Generator<E> {
    yield* this.done;
    yield* this.undone;
  }

  has(edit: object): boolean {
    for (const each of this.edits()) if (each === edit) return true;
    return false;
  }

  /** Notes an edit; what was taken back before can be done again no more. The newest stays whatever it takes. */
  push(edit: E): void {
    this.undone = [];
    this.done.push(edit);
    while (this.done.length > 1 && this.bytes > this.mostBytes) this.done.shift();
  }

  /** The edit that is taken back next; undefined also where others wait to be done again: it is not to be changed then. */
  get newest(): E | undefined {
    return this.undone.length === 0 ? this.done.at(-1) : undefined;
  }

  /** Puts an edit that holds more in place of the newest. */
  replaceNewest(edit: E): void {
    this.done.pop();
    this.push(edit);
  }

  /** The edit to take back now; undefined when there is none. */
  undo(): E | undefined {
    const edit = this.done.pop();
    if (edit) this.undone.push(edit);
    return edit;
  }

  /** The edit to do again now; undefined when there is none. */
  redo(): E | undefined {
    const edit = this.undone.pop();
    if (edit) this.done.push(edit);
    return edit;
  }
}
