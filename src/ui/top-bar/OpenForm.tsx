import { type FormEvent, useId, useState } from 'react';
import { recentSources, sampleUrl } from '../../state/sources';
import { useAppState, useSession } from '../session-context';

/** Asks for an address; what failed is said under it, and what was open stays. */
export function OpenForm() {
  const session = useSession();
  const opening = useAppState((state) => state.opening);
  const problem = useAppState((state) => state.notices.find(({ key }) => key === 'open')?.text);
  const [url, setUrl] = useState('');
  const [recent] = useState(recentSources);
  const fieldId = useId();
  const problemId = useId();

  const open = async (address: string) => {
    session.dismissNotice('open');
    // What fails becomes the notice that is shown here.
    const volume = await session.open(address).catch(() => null);
    if (volume) session.setOpenerOpen(false);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (url.trim()) void open(url.trim());
  };

  return (
    <form className="open-form" onSubmit={submit}>
      <label htmlFor={fieldId}>Address of an OME-Zarr or a Zarr array</label>
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
      <p id={problemId} className="open-problem" role="alert">
        {problem}
      </p>
      <Sources title="Sample" urls={[sampleUrl()]} onOpen={open} />
      <Sources
        title="Opened before"
        urls={recent.filter((other) => other !== sampleUrl())}
        onOpen={open}
      />
    </form>
  );
}

interface SourcesProps {
  readonly title: string;
  readonly urls: readonly string[];
  onOpen(url: string): void;
}

function Sources({ title, urls, onOpen }: SourcesProps) {
  if (urls.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2 className="dim">{title}</h2>
      {urls.map((url) => (
        <button
          key={url}
          type="button"
          className="source-choice"
          title={url}
          onClick={() => onOpen(url)}
        >
          <span className="ellipsis">{url === sampleUrl() ? 'Phantom neuropil' : url}</span>
        </button>
      ))}
    </section>
  );
}
