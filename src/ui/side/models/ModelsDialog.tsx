import { FileInput } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { type FormEvent, useId, useState } from 'react';
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
  const fieldId = useId();
  const problemId = useId();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (url.trim() && (await session.models.importShown([url.trim()]))) setUrl('');
  };
  return (
    <form className="model-import" onSubmit={submit}>
      <label htmlFor={fieldId}>
        Address of a google/ffn checkpoint (its .index) or of a .safetensors of one
      </label>
      <div className="open-row">
        <input
          id={fieldId}
          className="text-field"
          inputMode="url"
          placeholder="https://…/model.ckpt-27465036.index"
          spellCheck={false}
          value={url}
          aria-invalid={problem !== undefined}
          aria-describedby={problemId}
          onChange={(event) => setUrl(event.target.value)}
        />
        <button type="submit" className="button" disabled={importing !== null || !url.trim()}>
          Import
        </button>
        <CommandButton command="import-model" icon={FileInput} text="Files…" />
      </div>
      <p id={problemId} className="open-problem" role="alert">
        {problem}
      </p>
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
