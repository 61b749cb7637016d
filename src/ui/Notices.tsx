import { useEffect } from 'react';
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

  useEffect(() => {
    // The forms that ask for a source, a layer or a network, or save, show what failed by themselves.
    const said = [
      ...(openerOpen ? ['open'] : []),
      ...(layerAdderOpen ? ['layer'] : []),
      ...(saverOpen ? ['save'] : []),
      ...(modelsOpen ? ['model'] : []),
    ];
    const notices = all.filter(({ key }) => !said.includes(key));
    const keys = new Set(notices.map((notice) => notice.key));
    for (const shown of toast.getToasts()) {
      if (!keys.has(String(shown.id))) toast.dismiss(shown.id);
    }
    for (const { key, kind, text } of notices) {
      const forget = () => session.dismissNotice(key);
      const options = { id: key, onDismiss: forget, onAutoClose: forget };
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
