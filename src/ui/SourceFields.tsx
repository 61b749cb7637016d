import { useId } from 'react';
import { AddressField, type AddressFieldProps } from './AddressField';

interface Props extends Pick<AddressFieldProps, 'label' | 'url' | 'problem' | 'isBusy' | 'onUrl'> {
  /** A bearer token: it lives as long as the form, and is neither stored nor part of an address. */
  readonly token: string;
  /** What the button says, and what while it is busy. */
  readonly texts: readonly [idle: string, busy: string];
  onToken(token: string): void;
}

/** Headers for a bearer token; none for an empty one. */
export const bearer = (token: string): { headers?: Record<string, string> } =>
  token ? { headers: { Authorization: `Bearer ${token}` } } : {};

/** Asks for an address and what it needs to be read; the form around it takes both over. */
export function SourceFields({ token, texts, onToken, ...address }: Props) {
  const tokenId = useId();
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
          onChange={(event) => onToken(event.target.value)}
        />
      </div>
    </AddressField>
  );
}
