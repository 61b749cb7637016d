import { useId } from 'react';
import { parseHeaderLines } from '../core/header-lines';
import { AddressField, type AddressFieldProps } from './AddressField';
import { Folded } from './controls/Folded';

/** What a server of private data wants; it lives as long as the form, and is neither stored nor part of an address. */
interface Secrets {
  /** A bearer token. */
  readonly token: string;
  /** Other headers, one a line. */
  readonly headers: string;
}

export const NO_SECRETS: Secrets = { token: '', headers: '' };

/** The headers to read with; BAD_PARAMETERS where those that are typed are none. */
export function accessOf({ token, headers }: Secrets): { headers?: Record<string, string> } {
  const all = {
    ...(token && { Authorization: `Bearer ${token}` }),
    ...parseHeaderLines(headers),
  };
  return Object.keys(all).length > 0 ? { headers: all } : {};
}

interface Props extends Pick<AddressFieldProps, 'label' | 'url' | 'problem' | 'isBusy' | 'onUrl'> {
  readonly secrets: Secrets;
  /** What the button says, and what while it is busy. */
  readonly texts: readonly [idle: string, busy: string];
  onSecrets(secrets: Secrets): void;
}

/** Asks for an address and what it needs to be read; the form around it takes all of it over. */
export function SourceFields({ secrets, texts, onSecrets, ...address }: Props) {
  const tokenId = useId();
  const { token, headers } = secrets;
  return (
    <AddressField
      {...address}
      placeholder="https://…/volume.zarr"
      button={texts[address.isBusy ? 1 : 0]}
    >
      <div className="open-row">
        <label htmlFor={tokenId}>Bearer token</label>
        <input
          id={tokenId}
          className="text-field"
          type="password"
          autoComplete="off"
          placeholder="for private data; kept nowhere"
          value={token}
          onChange={(event) => onSecrets({ ...secrets, token: event.target.value })}
        />
      </div>
      <Folded
        title="Other headers"
        note={headers.trim() === '' ? 'none' : 'as typed; kept nowhere'}
        className="other-headers"
      >
        <textarea
          className="text-field"
          aria-label="Other headers, one a line"
          rows={2}
          autoComplete="off"
          spellCheck={false}
          placeholder="X-Api-Key: …"
          value={headers}
          onChange={(event) => onSecrets({ ...secrets, headers: event.target.value })}
        />
      </Folded>
    </AddressField>
  );
}
