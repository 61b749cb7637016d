import { causeOf } from '../core/cause';
import { type ErrorRecord, toRecord } from '../core/errors';

/** Bricks that could not be read for one cause. */
export interface UnreadBricks {
  /** Of all of them (`causeOf`). */
  readonly cause: string;
  readonly bricks: number;
  /** Of the first of them. */
  readonly error: ErrorRecord;
}

/** What kept bricks from being read, an error for each, by cause. */
export function byCause(errors: readonly unknown[]): readonly UnreadBricks[] {
  const causes = new Map<string, { bricks: number; error: unknown }>();
  for (const error of errors) {
    const cause = causeOf(error);
    const known = causes.get(cause);
    if (known) known.bricks++;
    else causes.set(cause, { bricks: 1, error });
  }
  return [...causes].map(([cause, { bricks, error }]) => ({
    cause,
    bricks,
    error: toRecord(error),
  }));
}
