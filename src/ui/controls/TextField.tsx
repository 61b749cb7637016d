import { type KeyboardEvent, useState } from 'react';

interface Props {
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  onChange(value: string): void;
}

/** A text that is taken over with Enter or when the field is left, and dropped with Esc. */
export function TextField({ label, value, placeholder, onChange }: Props) {
  const [draft, setDraft] = useState<string | null>(null);
  const commit = () => {
    if (draft !== null && draft !== value) onChange(draft);
    setDraft(null);
  };
  const handleKey = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Enter') commit();
    if (event.key !== 'Escape' || draft === null) return;
    // Of a dialog around it the first Esc drops the draft, the second closes.
    event.stopPropagation();
    setDraft(null);
  };
  return (
    <input
      className="text-field"
      aria-label={label}
      placeholder={placeholder}
      spellCheck={false}
      value={draft ?? value}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={commit}
      onKeyDown={handleKey}
    />
  );
}
