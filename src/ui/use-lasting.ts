import { useEffect, useState } from 'react';

/** A value once it has stood for so long, and null as soon as it is null: what is over sooner need not be seen. */
export function useLasting<T>(value: T | null, milliseconds: number): T | null {
  const [lasting, setLasting] = useState<T | null>(null);
  useEffect(() => {
    if (value === null) return;
    const timer = setTimeout(() => setLasting(value), milliseconds);
    return () => {
      clearTimeout(timer);
      setLasting(null);
    };
  }, [value, milliseconds]);
  return value === null ? null : lasting;
}
