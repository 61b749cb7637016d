import { FileArchive, FolderOpen } from 'lucide-react';
import { Children, type FormEvent, type ReactNode, useEffect, useId, useState } from 'react';
import { localSources, type RememberedSource } from '../../state/local-sources';
import { recentSources, sampleUrl } from '../../state/sources';
import { CommandButton } from '../controls/CommandButton';
import { useAppState, useSession } from '../session-context';

/** Asks for an address; what failed is said under it, and what was open stays. */
export function OpenForm() {
  const session = useSession();
  const opening = useAppState((state) => state.opening);
  const problem = useAppState((state) => state.notices.find(({ key }) => key === 'open')?.text);
  const [url, setUrl] = useState('');
  // Lives as long as this form: it is neither stored nor part of an address.
  const [token, setToken] = useState('');
  const [local, setLocal] = useState<readonly RememberedSource[]>([]);
  const [recent] = useState(recentSources);
  const fieldId = useId();
  const tokenId = useId();
  const problemId = useId();
  useEffect(() => {
    void localSources().then(setLocal);
  }, []);

  // What fails becomes the notice that is shown here.
  const whenOpen = async (opening: Promise<unknown>) => {
    session.dismissNotice('open');
    const volume = await opening.catch(() => null);
    if (volume) session.setOpenerOpen(false);
  };
  const access = token ? { headers: { Authorization: `Bearer ${token}` } } : {};
  const open = (address: string) => whenOpen(session.open(address, access));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (url.trim()) void open(url.trim());
  };

  return (
    <form className="open-form" onSubmit={submit}>
      <label htmlFor={fieldId}>Address of an OME-Zarr, of a Zarr array, or of a zip with one</label>
      <div className="open-row">
        <input
          id={fieldId}
          className="text-field"
          inputMode="url"
          placeholder="https://…/volume.zarr"
          spellCheck={false}
          value={url}
          aria-invalid={problem !== undefined}
          aria-describedby={problemId}
          onChange={(event) => setUrl(event.target.value)}
        />
        <button type="submit" className="button" disabled={opening !== null || !url.trim()}>
          {opening ? 'Opening…' : 'Open'}
        </button>
      </div>
      <div className="open-row">
        <label htmlFor={tokenId}>Bearer token</label>
        <input
          id={tokenId}
          className="text-field"
          type="password"
          autoComplete="off"
          placeholder="for private data; kept nowhere"
          value={token}
          onChange={(event) => setToken(event.target.value)}
        />
      </div>
      <div className="open-row">
        <CommandButton command="open-folder" icon={FolderOpen} text="Folder…" />
        <CommandButton command="open-zip" icon={FileArchive} text="Zip…" />
        <span className="dim">or drop one on the page</span>
      </div>
      <p id={problemId} className="open-problem" role="alert">
        {problem}
      </p>
      <Sources title="Sample">
        <Choice name="Phantom neuropil" title={sampleUrl()} onOpen={() => open(sampleUrl())} />
      </Sources>
      <Sources title="Opened before">
        {local.map(({ name, handle }) => (
          <Choice
            key={name}
            name={name}
            title={`${name}, on this machine`}
            onOpen={() => whenOpen(session.openLocal(handle))}
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

interface ChoiceProps {
  readonly name: string;
  readonly title: string;
  onOpen(): void;
}

const Choice = ({ name, title, onOpen }: ChoiceProps) => (
  <button type="button" className="source-choice" title={title} onClick={onOpen}>
    <span className="ellipsis">{name}</span>
  </button>
);
