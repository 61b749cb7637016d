import { ToggleGroup } from 'radix-ui';

interface Props<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly T[];
  /** Why an option cannot be chosen now; null where it can. */
  whyNot?(option: T): string | null;
  onChange(value: T): void;
}

/** One of a few choices, all in sight. */
export function Segmented<T extends string>({ label, value, options, whyNot, onChange }: Props<T>) {
  const choose = (text: string) => {
    const chosen = options.find((option) => option === text);
    if (chosen !== undefined) onChange(chosen);
  };
  return (
    <ToggleGroup.Root
      type="single"
      className="segmented"
      aria-label={label}
      value={value}
      onValueChange={choose}
    >
      {options.map((option) => {
        const reason = whyNot?.(option) ?? null;
        return (
          <ToggleGroup.Item
            key={option}
            value={option}
            className="segmented-item"
            disabled={reason !== null}
            title={reason ?? undefined}
          >
            {option}
          </ToggleGroup.Item>
        );
      })}
    </ToggleGroup.Root>
  );
}
