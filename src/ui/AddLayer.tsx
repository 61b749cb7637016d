import { FileArchive, FolderOpen } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { type FormEvent, useState } from 'react';
import { type AddLayerOptions, type LayerSource, unshownLabels } from '../state/layers';
import { pickFolder, pickZip } from '../state/source-picker';
import { Segmented } from './controls/Segmented';
import './dialogs.css';
import { NO_PLACEMENT, PlacementFields, placementOf } from './PlacementFields';
import { accessOf, NO_SECRETS, SourceFields } from './SourceFields';
import { useAppState, useSession } from './session-context';
import { Waiting } from './Waiting';

const KINDS = ['as stored', 'image', 'labels'] as const;
type Kind = (typeof KINDS)[number];

const PICKERS = [
  ['Folder…', FolderOpen, pickFolder],
  ['Zip…', FileArchive, pickZip],
] as const;

/** The label layers stored with the volume that are not shown yet. */
function StoredLabels({ onAdd }: { onAdd(source: LayerSource): void }) {
  const volume = useAppState((state) => state.volume);
  const display = useAppState((state) => state.display);
  const names = unshownLabels({ volume, display });
  if (names.length === 0) return null;
  return (
    <section aria-label="Stored with the volume">
      <h2 className="dim">Stored with the volume</h2>
      {names.map((stored) => (
        <button
          key={stored}
          type="button"
          className="source-choice"
          onClick={() => onAdd({ stored })}
        >
          <span className="ellipsis">{stored}</span>
        </button>
      ))}
    </section>
  );
}

/** Asks for a layer; what failed is said under the address, and nothing has changed then. */
function AddLayerForm() {
  const session = useSession();
  const adding = useAppState((state) => state.addingLayers);
  const problem = useAppState((state) => state.notices.find(({ key }) => key === 'layer')?.text);
  const [url, setUrl] = useState('');
  const [secrets, setSecrets] = useState(NO_SECRETS);
  const [kind, setKind] = useState<Kind>('as stored');
  const [placement, setPlacement] = useState(NO_PLACEMENT);

  const options: AddLayerOptions = {
    ...(kind === 'as stored' ? {} : { kind }),
    ...placementOf(placement),
  };
  const add = (source: LayerSource, as?: AddLayerOptions) =>
    void session.layerAdding.add(source, as);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!url.trim()) return;
    try {
      add(url.trim(), { ...options, ...accessOf(secrets) });
    } catch (error) {
      session.report(error, 'layer');
    }
  };
  const addPicked = (pick: typeof pickFolder) =>
    session.layerAdding.addPicked(pick, options).catch((error) => session.report(error, 'layer'));

  return (
    <form className="open-form" onSubmit={submit}>
      <SourceFields
        label="Address of an OME-Zarr, of one of its label layers, of a Zarr array, or of a zip with one"
        url={url}
        secrets={secrets}
        problem={problem}
        // Others may be added meanwhile.
        isBusy={adding.some(({ name }) => name === url.trim())}
        texts={['Add', 'Adding…']}
        onUrl={setUrl}
        onSecrets={setSecrets}
      />
      <div className="open-row">
        <span>Voxels are</span>
        <Segmented
          label="Voxels are"
          value={kind}
          options={KINDS}
          onChange={(next) => setKind(next)}
        />
        {PICKERS.map(([text, Icon, pick]) => (
          <button key={text} type="button" className="button" onClick={() => void addPicked(pick)}>
            <Icon aria-hidden />
            <span>{text}</span>
          </button>
        ))}
      </div>
      <PlacementFields typed={placement} onChange={setPlacement} />
      {adding.map(({ id, name, host }) => (
        <Waiting key={id} name={name} host={host} onCancel={() => session.layerAdding.cancel(id)} />
      ))}
      <StoredLabels onAdd={add} />
    </form>
  );
}

/** The dialog that adds a layer. */
export function AddLayer() {
  const session = useSession();
  const open = useAppState((state) => state.layerAdderOpen);
  const setOpen = (next: boolean) => {
    session.setLayerAdderOpen(next);
    // What failed was said in the form.
    if (!next) session.dismissNotice('layer');
  };
  /** Escape calls off what is waited for, and closes the dialog only then. */
  const callOff = (event: KeyboardEvent) => {
    if (session.state.addingLayers.length === 0) return;
    event.preventDefault();
    session.layerAdding.cancelAll();
  };
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Portal>
        <Dialog.Overlay className="dialog-shade" />
        <Dialog.Content
          className="dialog add-layer"
          aria-describedby={undefined}
          onEscapeKeyDown={callOff}
        >
          <Dialog.Title className="add-layer-title">Add a layer</Dialog.Title>
          <AddLayerForm />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
