import { Dialog } from 'radix-ui';
import { useAppState, useSession } from '../session-context';
import { SaveForm } from './SaveForm';
import './save.css';

/** Asks how labels are saved and where to; what fails is said in it, and what was saved before stays. */
export function SaveDialog() {
  const session = useSession();
  const open = useAppState((state) => state.saverOpen);
  const setOpen = (next: boolean) => {
    session.setSaverOpen(next);
    // What failed was said in the form.
    if (!next) session.dismissNotice('save');
  };
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Portal>
        <Dialog.Overlay className="dialog-shade" />
        <Dialog.Content className="dialog save-dialog" aria-describedby={undefined}>
          <Dialog.Title className="save-title">Save labels as OME-Zarr</Dialog.Title>
          <SaveForm />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
