/** A choice of the user that this browser remembers: one of a few words. */
export interface StoredChoice<T extends string> {
  /** The remembered choice, else the first of the options. */
  read(): T;
  write(value: T): void;
}

export function storedChoice<T extends string>(
  key: string,
  options: readonly [T, ...T[]],
): StoredChoice<T> {
  return {
    read() {
      try {
        const stored = localStorage.getItem(key);
        return options.find((option) => option === stored) ?? options[0];
      } catch {
        return options[0];
      }
    },
    write(value) {
      try {
        localStorage.setItem(key, value);
      } catch {
        // Private windows may refuse storage: the choice then lasts as long as the page.
      }
    },
  };
}
