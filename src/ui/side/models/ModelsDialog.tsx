import { FileInput } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { type FormEvent, useState } from 'react';
import { AddressField } from '../../AddressField';
import { CommandButton } from '../../controls/CommandButton';
import '../../dialogs.css';
import { formatMegabytes } from '../../format';
import { useAppState, useSession } from '../../session-context';
import { ModelList } from './ModelList';
import './models.css';

/** Asks for a network; what failed is said under the address, and nothing has changed then. */
function ImportForm() {
  const session = useSession();
  const importing = useAppState((state) => state.models.importing);
  const problem = useAppState((state) => state.notices.find(({ key }) => key === 'model')?.text);
  const [url, setUrl] = useState('');
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (url.trim() && (await session.models.importShown([url.trim()]))) setUrl('');
  };
  return (
    <form className="model-import" onSubmit={submit}>
      <AddressField
        label="Address of a google/ffn checkpoint (its .index) or of a .safetensors of one"
        placeholder="https://…/model.ckpt-27465036.index"
        url={url}
        problem={problem}
        isBusy={importing !== null}
        button="Import"
        beside={<CommandButton command="import-model" icon={FileInput} text="Files…" />}
        onUrl={setUrl}
      />
      {importing ? (
        <p className="model-importing">
          <span role="status" className="number">
            Reading… {formatMegabytes(importing.bytes)}
          </span>
          <button type="button" className="button" onClick={() => session.models.cancelImport()}>
            Cancel
          </button>
        </p>
      ) : (
        <p className="model-importing dim">
          or drop a checkpoint’s .index and .data files on the page, all at once
        </p>
      )}
    </form>
  );
}

/** The dialog that manages networks: imports them, shows and changes what is said of them, saves and removes them. */
export function ModelsDialog() {
  const session = useSession();
  const open = useAppState((state) => state.models.isOpen);
  return (
    <Dialog.Root open={open} onOpenChange={(next) => session.models.setOpen(next)}>
      <Dialog.Portal>
        <Dialog.Overlay className="dialog-shade" />
        <Dialog.Content className="dialog models" aria-describedby={undefined}>
          <Dialog.Title className="models-title">Models</Dialog.Title>
          <div className="models-body">
            <ImportForm />
            <ModelList />
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
