import { type ReactNode, useId } from 'react';

export interface AddressFieldProps {
  readonly label: string;
  readonly placeholder: string;
  readonly url: string;
  /** What failed; it is said under the address. */
  readonly problem: string | undefined;
  readonly isBusy: boolean;
  /** What the button says. */
  readonly button: string;
  /** More in the row, after the button. */
  readonly beside?: ReactNode;
  /** More between the row and the problem. */
  readonly children?: ReactNode;
  onUrl(url: string): void;
}

/** Asks for an address, with the button that submits the form around it. */
export function AddressField(props: AddressFieldProps) {
  const { label, placeholder, url, problem, isBusy, button, beside, children, onUrl } = props;
  const fieldId = useId();
  const problemId = useId();
  return (
    <>
      <label htmlFor={fieldId}>{label}</label>
      <div className="open-row">
        <input
          id={fieldId}
          className="text-field"
          inputMode="url"
          placeholder={placeholder}
          spellCheck={false}
          value={url}
          aria-invalid={problem !== undefined}
          aria-describedby={problemId}
          onChange={(event) => onUrl(event.target.value)}
        />
        <button type="submit" className="button" disabled={isBusy || !url.trim()}>
          {button}
        </button>
        {beside}
      </div>
      {children}
      <p id={problemId} className="open-problem" role="alert">
        {problem}
      </p>
    </>
  );
}
