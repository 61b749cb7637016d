import type { Budgets } from '../engine/protocol';

const KEY = 'floodlight.budgets';

/** The budgets that were chosen, as they were stored: the engine checks them. Empty where none were. */
export function storedBudgets(): Partial<Budgets> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    if (typeof stored !== 'object' || stored === null) return {};
    const { gpuBytes, memoryBytes } = stored as Record<string, unknown>;
    return {
      ...(typeof gpuBytes === 'number' ? { gpuBytes } : {}),
      ...(typeof memoryBytes === 'number' ? { memoryBytes } : {}),
    };
  } catch {
    return {};
  }
}

/** Remembers budgets for the next visit. */
export function storeBudgets(budgets: Budgets): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(budgets));
  } catch {
    // Private windows may refuse storage: they then hold as long as the page.
  }
}
