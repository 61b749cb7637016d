import type { Command } from './command';
import { saveFile } from './save-file';
import { shareUrl } from './share';
import type { AppState } from './store';

/** A name that any file system takes. */
const fileStem = (state: AppState): string =>
  (state.volume?.name ?? 'volume').replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/\.zarr$/, '');

export const fileCommands: readonly Command[] = [
  {
    id: 'open',
    label: 'Open a source…',
    group: 'File',
    shortcut: ['mod+o'],
    run: (session) => session.setOpenerOpen(true),
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
    isEnabled: (state) => state.volume !== null,
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
