import type { LocalSource } from './source-picker';

interface FakeHandle {
  /** Which folder or file of the disk it leads to; others may be called the same. */
  readonly entry: string;
  readonly kind?: 'file' | 'directory';
  /** What the user answers, or the browser in its place. */
  readonly permission?: () => Promise<PermissionState>;
}

/** A handle as browsers give them, of a path's last name. */
export function fakeHandle({ entry, kind = 'directory', permission }: FakeHandle): LocalSource {
  const handle = {
    kind,
    entry,
    name: entry.split('/').at(-1),
    isSameEntry: async (other: { readonly entry?: string }) => other.entry === entry,
    ...(permission && { requestPermission: permission }),
  };
  return handle as unknown as LocalSource;
}
