import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';

interface Props {
  readonly title: string;
  /** What holds while it is folded. */
  readonly note: string;
  readonly className?: string;
  readonly children: ReactNode;
}

/** What few need, folded away at first. */
export const Folded = ({ title, note, className = '', children }: Props) => (
  <details className={`folded ${className}`}>
    <summary>
      <ChevronRight aria-hidden />
      {title}
      <span className="dim">{note}</span>
    </summary>
    {children}
  </details>
);
