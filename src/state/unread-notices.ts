import { causeOf } from '../core/cause';
import { fromRecord } from '../core/errors';
import type { UnreadBricks } from '../engine/protocol';
import type { Session } from './session';

/** What telling needs of the session. */
type Around = Pick<Session, 'store' | 'report' | 'dismissNotice'>;

const keyOf = (cause: string): string => `unread ${cause}`;

/** Tells of what could not be read: one notice a cause, which counts, and goes once there is nothing of it left. */
export class UnreadNotices {
  /** How many bricks there were of each cause. */
  private told: ReadonlyMap<string, number> = new Map();

  constructor(private readonly around: Around) {}

  /** Another volume is open. */
  forget(): void {
    this.told = new Map();
  }

  /** All bricks that are missed now. A notice that was closed stays so until its cause is over. */
  receive(unread: readonly UnreadBricks[]): void {
    const before = this.told;
    this.told = new Map(unread.map(({ cause, bricks }) => [cause, bricks]));
    for (const cause of before.keys())
      if (!this.told.has(cause)) this.around.dismissNotice(keyOf(cause));
    for (const { cause, bricks, error } of unread) {
      const wasTold = before.has(cause);
      if (before.get(cause) === bricks || (wasTold && !this.isShown(cause))) continue;
      const known = fromRecord(error);
      const text = `${bricks} bricks could not be read: ${known.message}`;
      this.around.report(known, keyOf(cause), bricks === 1 ? known.message : text);
    }
  }

  /** What is no brick and could not be read: told of unless something else of the same cause is. */
  add(error: Error): void {
    const cause = causeOf(error);
    if (!this.isShown(cause)) this.around.report(error, keyOf(cause));
  }

  /** The same was read after all. */
  drop(error: Error): void {
    const cause = causeOf(error);
    if (!this.told.has(cause)) this.around.dismissNotice(keyOf(cause));
  }

  private isShown(cause: string): boolean {
    return this.around.store.getState().notices.some(({ key }) => key === keyOf(cause));
  }
}
