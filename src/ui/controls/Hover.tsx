import { Tooltip } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import { Shortcut } from './Shortcut';

interface Props {
  readonly text: ReactNode;
  readonly shortcut?: string | undefined;
  readonly side?: 'top' | 'right' | 'bottom' | 'left';
  readonly children: ReactElement;
}

/** What a control does and its key, shown while the pointer or the focus is on it. */
export function Hover({ text, shortcut, side = 'bottom', children }: Props) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content className="tooltip" side={side} sideOffset={6} collisionPadding={6}>
          <span>{text}</span>
          {shortcut && <Shortcut shortcut={shortcut} />}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
