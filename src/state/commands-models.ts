import type { Command } from './command';
import { pickModel } from './source-picker';

export const modelCommands: readonly Command[] = [
  {
    id: 'models',
    label: 'Manage models…',
    group: 'Tools',
    run: (session) => session.models.setOpen(true),
  },
  {
    id: 'import-model',
    label: 'Import a model of this machine…',
    group: 'Tools',
    run: async (session) => {
      await session.models.importFiles(await pickModel());
    },
  },
  {
    id: 'cancel-import',
    label: 'Cancel importing',
    group: 'Tools',
    isEnabled: ({ models }) => models.importing !== null,
    run: (session) => session.models.cancelImport(),
  },
];
