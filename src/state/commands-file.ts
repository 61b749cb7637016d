import type { Command } from './command';
import { canPickFolder, saveFile } from './save-file';
import { fileStem, type SaveTarget } from './save-options';
import type { Session } from './session';
import { isShareable, shareUrl } from './share';
import { pickFolder, pickZip } from './source-picker';
import type { AppState } from './store';

const canSave = (state: AppState): boolean => state.segments.length > 0 && state.saving === null;

const saveCommand = (target: SaveTarget, label: string, isPossible = () => true): Command => ({
  id: `save-labels-${target}`,
  label,
  group: 'File',
  isEnabled: (state) => canSave(state) && isPossible(),
  run: async (session) => void (await session.saving.saveTo(target)),
});

/** Asks, and opens what was picked: where that fails, the session has said so. */
async function openPicked(session: Session, pick: typeof pickFolder): Promise<void> {
  const picked = await pick();
  const opened = await session.opener.openLocal(picked).catch(() => null);
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
    label: 'Save labels',
    group: 'File',
    shortcut: ['mod+s'],
    isEnabled: canSave,
    run: async (session) => void (await session.saving.saveTo('again')),
  },
  {
    id: 'save-labels-as',
    label: 'Save labels as…',
    group: 'File',
    shortcut: ['mod+shift+s'],
    isEnabled: ({ segments }) => segments.length > 0,
    run: (session) => session.setSaverOpen(true),
  },
  saveCommand('zip', 'Save labels to a zip…'),
  saveCommand('folder', 'Save labels to a folder…', canPickFolder),
  saveCommand('browser', 'Save labels in the browser’s own storage'),
  {
    id: 'show-saved',
    label: 'Show the saved labels as a layer',
    group: 'File',
    isEnabled: ({ lastSave }) => lastSave !== null,
    run: async (session) => {
      const { lastSave } = session.state;
      if (lastSave) await session.layerAdding.add(lastSave.saved, { kind: 'labels' });
    },
  },
  {
    id: 'cancel-save',
    label: 'Cancel saving',
    group: 'File',
    isEnabled: ({ saving }) => saving !== null,
    run: (session) => session.saving.cancel(),
  },
  {
    id: 'save-surface',
    label: 'Save the selected segment’s surface (GLB)',
    group: 'File',
    isEnabled: (state) => state.display.selectedIds.length === 1 && state.meshing === null,
    run: async (session) => {
      const [id] = session.state.display.selectedIds;
      if (id === undefined) return;
      const fileName = `${fileStem(session.state)}-segment-${id}.glb`;
      await saveFile({ fileName, mimeType: 'model/gltf-binary' }, () => session.meshing.save(id));
    },
  },
  {
    id: 'cancel-surface',
    label: 'Cancel making the surface',
    group: 'File',
    isEnabled: ({ meshing }) => meshing !== null,
    run: (session) => session.meshing.cancel(),
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
