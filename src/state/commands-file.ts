import type { Command } from './command';
import { saveFile } from './save-file';
import type { Session } from './session';
import { isShareable, shareUrl } from './share';
import { pickFolder, pickZip } from './source-picker';
import type { AppState } from './store';

/** A name that any file system takes. */
const fileStem = (state: AppState): string =>
  (state.volume?.name ?? 'volume').replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/\.zarr$/, '');

/** Asks, and opens what was picked: where that fails, the session has said so. */
async function openPicked(session: Session, pick: typeof pickFolder): Promise<void> {
  const picked = await pick();
  const opened = await session.openLocal(picked).catch(() => null);
  if (opened) session.setOpenerOpen(false);
}

export const fileCommands: readonly Command[] = [
  {
    id: 'open',
    label: 'Open a source…',
    group: 'File',
    shortcut: ['mod+o'],
    run: (session) => session.setOpenerOpen(true),
  },
  {
    id: 'open-folder',
    label: 'Open a folder of this machine…',
    group: 'File',
    run: (session) => openPicked(session, pickFolder),
  },
  {
    id: 'open-zip',
    label: 'Open a zip of this machine…',
    group: 'File',
    run: (session) => openPicked(session, pickZip),
  },
  {
    id: 'save-labels',
    label: 'Save labels (OME-Zarr, zip)',
    group: 'File',
    shortcut: ['mod+s'],
    isEnabled: (state) => state.segments.length > 0,
    run: async (session) => {
      await saveFile(`${fileStem(session.state)}-labels.zarr.zip`, 'application/zip', () =>
        session.saveLabels(),
      );
      session.markSaved();
    },
  },
  {
    id: 'save-surface',
    label: 'Save the selected segment’s surface (GLB)',
    group: 'File',
    isEnabled: (state) => state.display.selectedIds.length === 1,
    run: async (session) => {
      const [id] = session.state.display.selectedIds;
      if (id === undefined) return;
      await saveFile(`${fileStem(session.state)}-segment-${id}.glb`, 'model/gltf-binary', () =>
        session.saveMesh(id),
      );
    },
  },
  {
    id: 'share',
    label: 'Copy a link to this place',
    group: 'File',
    isEnabled: isShareable,
    run: async (session) => {
      const url = shareUrl(session.state, location.href);
      if (!url) return;
      history.replaceState(null, '', url);
      const copied = await copyText(url);
      session.inform(
        copied
          ? 'Link copied: it leads to this source, position and zoom.'
          : 'The link is in the address bar: the browser did not allow copying it.',
        'share',
      );
    },
  },
];

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
