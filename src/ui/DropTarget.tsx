import { useEffect, useState } from 'react';
import { droppedModel, droppedSource } from '../state/source-picker';
import { useSession } from './session-context';

const hasFiles = (event: DragEvent): boolean =>
  event.dataTransfer?.types.includes('Files') ?? false;

/** Takes folders, zips and files of networks that are dropped anywhere on the page, and says so while they hover over it. */
export function DropTarget() {
  const session = useSession();
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = async (event: DragEvent) => {
      setOver(false);
      if (!hasFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      const model = droppedModel(event.dataTransfer);
      if (model.length > 0) {
        await session.models.importFiles(model);
        return;
      }
      const source = await droppedSource(event.dataTransfer).catch((error: unknown) =>
        session.report(error, 'open'),
      );
      // What fails is shown by the session.
      if (source) await session.opener.openLocal(source).catch(() => {});
    };
    const listeners = new AbortController();
    const { signal } = listeners;
    window.addEventListener('dragover', over, { signal });
    window.addEventListener('dragleave', leave, { signal });
    window.addEventListener('drop', drop, { signal });
    return () => listeners.abort();
  }, [session]);
  if (!isOver) return null;
  return (
    <div className="drop-target">
      Drop a folder or a zip with an OME-Zarr to open it, or the files of a network to import it
    </div>
  );
}
