import { useEffect, useRef } from 'react';
import { Toaster, toast } from 'sonner';
import './notices.css';
import { useAppState, useSession } from './session-context';

const INFO_MILLISECONDS = 5000;

/** The session's notices as toasts; errors stay until they are closed or what was wrong is over. */
export function Notices() {
  const session = useSession();
  const all = useAppState((state) => state.notices);
  const openerOpen = useAppState((state) => state.openerOpen);
  const layerAdderOpen = useAppState((state) => state.layerAdderOpen);
  const saverOpen = useAppState((state) => state.saverOpen);
  const modelsOpen = useAppState((state) => state.models.isOpen);

  /** By key the toast that shows it: each time that a key comes anew another one, since one that goes takes along what is put in its place. */
  const toasts = useRef(new Map<string, string>());
  const newest = useRef(0);

  useEffect(() => {
    // The forms that ask for a source, a layer or a network, or save, show what failed by themselves.
    const said = [
      ...(openerOpen ? ['open'] : []),
      ...(layerAdderOpen ? ['layer'] : []),
      ...(saverOpen ? ['save'] : []),
      ...(modelsOpen ? ['model'] : []),
    ];
    const notices = all.filter(({ key }) => !said.includes(key));
    const before = toasts.current;
    const idOf = (key: string) => before.get(key) ?? `${key} ${++newest.current}`;
    const ids = new Map(notices.map(({ key }) => [key, idOf(key)]));
    toasts.current = ids;
    const wanted = new Set<unknown>(ids.values());
    for (const { id } of toast.getToasts()) if (!wanted.has(id)) toast.dismiss(id);
    for (const { key, kind, text } of notices) {
      const id = ids.get(key) ?? key;
      // What is told under the same key meanwhile is not forgotten.
      const forget = () => {
        if (toasts.current.get(key) === id) session.dismissNotice(key);
      };
      const options = { id, onDismiss: forget, onAutoClose: forget };
      if (kind === 'error') toast.error(text, { ...options, duration: Number.POSITIVE_INFINITY });
      else toast(text, { ...options, duration: INFO_MILLISECONDS });
    }
  }, [all, openerOpen, layerAdderOpen, saverOpen, modelsOpen, session]);

  return (
    <Toaster
      position="bottom-left"
      offset={{ left: 56, bottom: 36 }}
      closeButton
      expand
      gap={8}
      customAriaLabel="Notices"
      toastOptions={{
        unstyled: true,
        closeButtonAriaLabel: 'Close the notice',
        classNames: { toast: 'notice', closeButton: 'notice-close', icon: 'notice-icon' },
      }}
    />
  );
}
