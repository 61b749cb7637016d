import { useId } from 'react';

interface Props {
  readonly label: string;
  readonly url: string;
  /** A bearer token: it lives as long as the form, and is neither stored nor part of an address. */
  readonly token: string;
  readonly problem: string | undefined;
  readonly isBusy: boolean;
  /** What the button says, and what while it is busy. */
  readonly texts: readonly [idle: string, busy: string];
  onUrl(url: string): void;
  onToken(token: string): void;
}

/** Headers for a bearer token; none for an empty one. */
export const bearer = (token: string): { headers?: Record<string, string> } =>
  token ? { headers: { Authorization: `Bearer ${token}` } } : {};

/** Asks for an address and what it needs to be read; the form around it takes both over. */
export function SourceFields(props: Props) {
  const { label, url, token, problem, isBusy, texts, onUrl, onToken } = props;
  const fieldId = useId();
  const tokenId = useId();
  const problemId = useId();
  return (
    <>
      <label htmlFor={fieldId}>{label}</label>
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
          onChange={(event) => onUrl(event.target.value)}
        />
        <button type="submit" className="button" disabled={isBusy || !url.trim()}>
          {texts[isBusy ? 1 : 0]}
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
          onChange={(event) => onToken(event.target.value)}
        />
      </div>
      <p id={problemId} className="open-problem" role="alert">
        {problem}
      </p>
    </>
  );
}
