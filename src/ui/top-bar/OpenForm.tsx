import { FileArchive, FolderOpen } from 'lucide-react';
import { Children, type FormEvent, type ReactNode, useEffect, useState } from 'react';
import { hostOf } from '../../state/absolute-address';
import { localSources, type RememberedSource } from '../../state/local-sources';
import { recentSources, sampleUrl } from '../../state/sources';
import { CommandButton } from '../controls/CommandButton';
import { accessOf, NO_SECRETS, SourceFields } from '../SourceFields';
import { useAppState, useSession } from '../session-context';
import { Waiting } from '../Waiting';

/** Asks for an address; what failed is said under it, and what was open stays. */
export function OpenForm() {
  const session = useSession();
  const opening = useAppState((state) => state.opening);
  const problem = useAppState((state) => state.notices.find(({ key }) => key === 'open')?.text);
  const [url, setUrl] = useState('');
  const [secrets, setSecrets] = useState(NO_SECRETS);
  const [asked, setAsked] = useState('');
  const [local, setLocal] = useState<readonly RememberedSource[]>([]);
  const [recent] = useState(recentSources);
  useEffect(() => {
    void localSources().then(setLocal);
  }, []);

  // What fails becomes the notice that is shown here.
  const whenOpen = async (opening: Promise<unknown>) => {
    session.dismissNotice('open');
    const volume = await opening.catch(() => null);
    if (volume) session.setOpenerOpen(false);
  };
  const open = async (address: string) => {
    try {
      await whenOpen(session.opener.open(address, accessOf(secrets)));
    } catch (error) {
      session.report(error, 'open');
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!url.trim()) return;
    setAsked(url);
    void open(url.trim());
  };

  return (
    <form className="open-form" onSubmit={submit}>
      <SourceFields
        label="Address of an OME-Zarr, of a Zarr array, or of a zip with one"
        url={url}
        secrets={secrets}
        problem={problem}
        // Another address may be opened in place of one that takes long.
        isBusy={opening !== null && url === asked}
        texts={['Open', 'Opening…']}
        onUrl={setUrl}
        onSecrets={setSecrets}
      />
      {opening !== null && (
        <Waiting name={opening} host={hostOf(opening)} onCancel={() => session.opener.cancel()} />
      )}
      <div className="open-row">
        <CommandButton command="open-folder" icon={FolderOpen} text="Folder…" />
        <CommandButton command="open-zip" icon={FileArchive} text="Zip…" />
        <span className="dim">or drop one on the page</span>
      </div>
      <Sources title="Sample">
        <Choice name="Phantom neuropil" title={sampleUrl()} onOpen={() => open(sampleUrl())} />
      </Sources>
      <Sources title="Opened before">
        {local.map(({ id, name, handle, openedAt }) => (
          <Choice
            key={id}
            name={name}
            // Browsers do not tell where they lie.
            note={local.some((other) => other.id !== id && other.name === name) && when(openedAt)}
            title={`${name}, on this machine, last opened ${when(openedAt)}`}
            onOpen={() => whenOpen(session.opener.openLocal(handle))}
          />
        ))}
        {recent
          .filter((other) => other !== sampleUrl())
          .map((other) => (
            <Choice key={other} name={other} title={other} onOpen={() => open(other)} />
          ))}
      </Sources>
    </form>
  );
}

function Sources({ title, children }: { title: string; children: ReactNode }) {
  if (Children.count(children) === 0) return null;
  return (
    <section aria-label={title}>
      <h2 className="dim">{title}</h2>
      {children}
    </section>
  );
}

const when = (milliseconds: number): string =>
  new Date(milliseconds).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

interface ChoiceProps {
  readonly name: string;
  /** What tells it from others of its name, if there are any. */
  readonly note?: string | false;
  readonly title: string;
  onOpen(): void;
}

const Choice = ({ name, note, title, onOpen }: ChoiceProps) => (
  <button type="button" className="source-choice" title={title} onClick={onOpen}>
    <span className="ellipsis">{name}</span>
    {note && <span className="source-note dim">{note}</span>}
  </button>
);
