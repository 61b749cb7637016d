const KEY = 'floodlight.theme';

export type Theme = 'dark' | 'light';

const storedTheme = (): Theme => {
  try {
    return localStorage.getItem(KEY) === 'light' ? 'light' : 'dark';
  } catch {
    return 'dark';
  }
};

function apply(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
}

/** Applies the remembered theme; dark unless the user chose otherwise, whatever the system prefers: EM is judged on black. */
export const applyStoredTheme = (): void => apply(storedTheme());

/** Switches between dark and light and remembers it. */
export function toggleTheme(): void {
  const theme: Theme = document.documentElement.dataset.theme === 'light' ? 'dark' : 'light';
  apply(theme);
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Private windows may refuse storage: the choice then lasts as long as the page.
  }
}
