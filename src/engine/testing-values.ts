import type { KeptValues } from '../disk/kept-values';

/** Kept values in memory, for tests: what was written is there to be looked at, and to be spoilt. */
export function memoryValues(): KeptValues & { readonly values: Map<string, unknown> } {
  const values = new Map<string, unknown>();
  return {
    values,
    read: async (key) => structuredClone(values.get(key)),
    write: async (key, value) => void values.set(key, structuredClone(value)),
  };
}
