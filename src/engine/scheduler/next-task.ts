import { type Urgency, urgencyOf } from './priority';

/** Something to do that has a rank, which may change while it waits and while it runs. */
export interface Ranked {
  readonly priority: number;
}

/** Tasks that run at once. */
export const MOST_IN_FLIGHT = 16;
/** What the frontier is sure of, what is left to views, and the most that is fetched ahead at once. */
export const QUARTER = MOST_IN_FLIGHT / 4;

function best<T extends Ranked>(tasks: Iterable<T>, urgency?: Urgency): T | undefined {
  let found: T | undefined;
  for (const task of tasks)
    if (!found || task.priority < found.priority)
      if (!urgency || urgencyOf(task.priority) === urgency) found = task;
  return found;
}

/**
 * Who runs next, undefined for none now. The best ranked, of equals the one that came first, except that neither views nor
 * computations starve:
 * - while fewer than a quarter of the places are the frontier's, the next one is, if it has something to do;
 * - the last quarter is for what is seen alone: it never waits for anything else to end;
 * - what is fetched ahead takes a quarter at most, and only while nothing better waits.
 */
export function nextTask<T extends Ranked>(
  waiting: Iterable<T>,
  running: Iterable<Ranked>,
): T | undefined {
  const count: Record<Urgency, number> = { seen: 0, frontier: 0, ahead: 0 };
  for (const { priority } of running) count[urgencyOf(priority)]++;
  const unseen = count.frontier + count.ahead;
  if (count.seen + unseen >= MOST_IN_FLIGHT) return undefined;
  const frontier = count.frontier < QUARTER ? best(waiting, 'frontier') : undefined;
  if (frontier) return frontier;
  const task = best(waiting);
  if (!task) return undefined;
  const urgency = urgencyOf(task.priority);
  if (urgency === 'seen') return task;
  if (unseen >= MOST_IN_FLIGHT - QUARTER) return undefined;
  return urgency === 'frontier' || count.ahead < QUARTER ? task : undefined;
}
