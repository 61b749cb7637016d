import { Layers, Trash2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useAppState, useSession } from '../session-context';

/** What the browser keeps: what can be opened again, or let go. */
export function SavedList() {
  const session = useSession();
  const savedAt = useAppState((state) => state.savedAt);
  const [saved, setSaved] = useState<readonly FileSystemDirectoryHandle[]>([]);
  const [removals, setRemovals] = useState(0);
  useEffect(() => {
    void [savedAt, removals];
    session.engine.savedLabels().then(setSaved, (error) => session.report(error, 'save'));
  }, [session, savedAt, removals]);
  if (saved.length === 0) return null;

  const show = async (handle: FileSystemDirectoryHandle) => {
    const id = await session.layerAdding.add(handle, { kind: 'labels' });
    if (id !== null) session.setSaverOpen(false);
  };
  const remove = (name: string) =>
    session.engine
      .removeSavedLabels(name)
      .catch((error) => session.report(error, 'save'))
      .then(() => setRemovals((count) => count + 1));
  return (
    <section className="save-row" aria-label="Kept by this browser">
      <span className="dim">Kept</span>
      <ul className="save-list">
        {saved.map((handle) => {
          const { name } = handle;
          return (
            <li key={name}>
              <span className="ellipsis">{name}</span>
              <button
                type="button"
                className="icon-button"
                aria-label={`Show ${name} as a layer`}
                onClick={() => show(handle)}
              >
                <Layers aria-hidden />
              </button>
              <button
                type="button"
                className="icon-button"
                aria-label={`Remove ${name}`}
                onClick={() => remove(name)}
              >
                <Trash2 aria-hidden />
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
