import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { LocalSource } from './source-picker';

/** A folder or zip opened before, which the browser may ask about again. */
export interface RememberedSource {
  readonly id: number;
  /** Of the folder or zip itself: others elsewhere may be called the same. */
  readonly name: string;
  readonly handle: LocalSource;
  readonly openedAt: number;
}

interface Sources extends DBSchema {
  sources: { key: number; value: RememberedSource };
}

const KEPT = 8;

/** Does something with what is remembered. Rejects where the browser keeps nothing, or a tab of an earlier version holds it. */
async function using<T>(use: (database: IDBPDatabase<Sources>) => Promise<T>): Promise<T> {
  const opened = await new Promise<IDBPDatabase<Sources>>((resolve, reject) => {
    openDB<Sources>('floodlight', 2, {
      async upgrade(database, version, _, transaction) {
        // The first version had names for keys.
        const before = version < 1 ? [] : await transaction.objectStore('sources').getAll();
        if (version > 0) database.deleteObjectStore('sources');
        const sources = database.createObjectStore('sources', {
          keyPath: 'id',
          autoIncrement: true,
        });
        for (const source of before) await sources.add(source);
      },
      blocked: () => reject(new Error('A tab of an earlier version holds the list')),
    }).then(resolve, reject);
  });
  try {
    return await use(opened);
  } finally {
    opened.close();
  }
}

/** Those opened before, the newest first; none where the browser keeps nothing. */
export async function localSources(): Promise<readonly RememberedSource[]> {
  try {
    const all = await using((database) => database.getAll('sources'));
    return all.sort((a, b) => b.openedAt - a.openedAt);
  } catch {
    return [];
  }
}

/** The remembered one that a handle leads to. */
async function rememberedAs(
  handle: LocalSource,
  sources: readonly RememberedSource[],
): Promise<RememberedSource | undefined> {
  for (const source of sources) if (await handle.isSameEntry(source.handle)) return source;
  return undefined;
}

/** Remembers a folder or zip for the next visit, each once. */
export async function rememberLocalSource(handle: LocalSource): Promise<void> {
  try {
    const before = await localSources();
    const same = await rememberedAs(handle, before);
    const { name } = handle;
    const source = { ...(same && { id: same.id }), name, handle, openedAt: Date.now() };
    const others = before.filter((other) => other !== same);
    await using(async (database) => {
      // A new one is given its id here.
      await database.put('sources', source as RememberedSource);
      for (const { id } of others.slice(KEPT - 1)) await database.delete('sources', id);
    });
  } catch {
    // Private windows may refuse storage, and some browsers keep no handles.
  }
}
