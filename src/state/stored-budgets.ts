import type { Budgets } from '../engine/protocol';

const KEY = 'floodlight.budgets';
const NAMES = ['gpuBytes', 'memoryBytes', 'diskBytes'] as const satisfies (keyof Budgets)[];

/** The budgets that were chosen, as they were stored: the engine checks them. Empty where none were. */
export function storedBudgets(): Partial<Budgets> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    if (typeof stored !== 'object' || stored === null) return {};
    const known = stored as Record<string, unknown>;
    return Object.fromEntries(
      NAMES.flatMap((name) => (typeof known[name] === 'number' ? [[name, known[name]]] : [])),
    );
  } catch {
    return {};
  }
}

/** Remembers budgets for the next visit, along with those that were chosen before. */
export function storeBudgets(budgets: Partial<Budgets>): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...storedBudgets(), ...budgets }));
  } catch {
    // Private windows may refuse storage: they then hold as long as the page.
  }
}
