import { ChevronDown } from 'lucide-react';
import { Select } from 'radix-ui';
import type { ReactNode } from 'react';

interface Props<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly T[];
  /** What is shown of an option; its own text where it is not given. */
  show?(option: T): ReactNode;
  onChange(value: T): void;
}

/** One of many choices, the others out of sight. */
export function Choice<T extends string>({ label, value, options, show, onChange }: Props<T>) {
  const choose = (text: string) => {
    const chosen = options.find((option) => option === text);
    if (chosen !== undefined) onChange(chosen);
  };
  return (
    <Select.Root value={value} onValueChange={choose}>
      <Select.Trigger className="button select" aria-label={label}>
        <Select.Value />
        <ChevronDown aria-hidden />
      </Select.Trigger>
      <Select.Portal>
        <Select.Content className="menu" position="popper" sideOffset={4} align="end">
          <Select.Viewport>
            {options.map((option) => (
              <Select.Item key={option} className="menu-item" value={option}>
                <Select.ItemText>{show ? show(option) : option}</Select.ItemText>
              </Select.Item>
            ))}
          </Select.Viewport>
        </Select.Content>
      </Select.Portal>
    </Select.Root>
  );
}
