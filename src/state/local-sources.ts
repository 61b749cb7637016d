import { type DBSchema, openDB } from 'idb';
import type { LocalSource } from './source-picker';

/** A folder or zip opened before, which the browser may ask about again. */
export interface RememberedSource {
  readonly name: string;
  readonly handle: LocalSource;
  readonly openedAt: number;
}

interface Sources extends DBSchema {
  sources: { key: string; value: RememberedSource };
}

const KEPT = 8;
const database = () =>
  openDB<Sources>('floodlight', 1, {
    upgrade: (fresh) => void fresh.createObjectStore('sources', { keyPath: 'name' }),
  });

/** Those opened before, the newest first; none where the browser keeps nothing. */
export async function localSources(): Promise<readonly RememberedSource[]> {
  try {
    const all = await (await database()).getAll('sources');
    return all.sort((a, b) => b.openedAt - a.openedAt);
  } catch {
    return [];
  }
}

/** Remembers a folder or zip for the next visit, in place of one of the same name. */
export async function rememberLocalSource(handle: LocalSource): Promise<void> {
  try {
    const opened = await database();
    await opened.put('sources', { name: handle.name, handle, openedAt: Date.now() });
    for (const { name } of (await localSources()).slice(KEPT)) await opened.delete('sources', name);
  } catch {
    // Private windows may refuse storage, and some browsers keep no handles.
  }
}
