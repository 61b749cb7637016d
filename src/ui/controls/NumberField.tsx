import { type KeyboardEvent, useState } from 'react';

interface Props {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  onChange(value: number): void;
}

/** A number that is taken over with Enter or when the field is left, and dropped with Esc. */
export function NumberField({ label, value, min, max, step, onChange }: Props) {
  const [draft, setDraft] = useState<string | null>(null);
  // Room for the longest value, so that nothing moves as the value changes.
  const digits = Number.isInteger(step) ? Math.max(`${min}`.length, `${max}`.length) : 8;

  const commit = () => {
    const typed = Number(draft);
    if (draft !== null && draft !== '' && Number.isFinite(typed)) {
      onChange(Math.min(Math.max(typed, min), max));
    }
    setDraft(null);
  };
  const handleKey = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Enter') commit();
    if (event.key !== 'Escape') return;
    setDraft(null);
    event.currentTarget.blur();
  };

  return (
    <input
      className="number-field"
      style={{ width: `calc(${digits}ch + 8px)` }}
      type="number"
      aria-label={label}
      min={min}
      max={max}
      step={step}
      value={draft ?? Number(value.toPrecision(5))}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={commit}
      onKeyDown={handleKey}
    />
  );
}
