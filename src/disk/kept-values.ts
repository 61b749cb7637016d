import { type DBSchema, type IDBPDatabase, openDB } from 'idb';

/** Small plain values that outlive the tab, each under its key. What is read may be anything: older versions wrote it, or others. */
export interface KeptValues {
  /** Undefined where there is none, or the browser keeps nothing. */
  read(key: string): Promise<unknown>;
  write(key: string, value: unknown): Promise<void>;
}

interface Values extends DBSchema {
  values: { key: string; value: unknown };
}

const STORE = 'values';

/** Those in IndexedDB; where the browser refuses that, as in private windows, nothing is kept. */
export function keptValues(name = 'floodlight-kept'): KeptValues {
  let database: Promise<IDBPDatabase<Values>> | undefined;
  const open = () => {
    database ??= openDB<Values>(name, 1, {
      upgrade: (fresh) => void fresh.createObjectStore(STORE),
    });
    return database;
  };
  return {
    async read(key) {
      try {
        return await (await open()).get(STORE, key);
      } catch {
        return undefined;
      }
    },
    async write(key, value) {
      try {
        await (await open()).put(STORE, value, key);
      } catch {
        // It is found out once more at the next visit.
      }
    },
  };
}
