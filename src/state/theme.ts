import { storedChoice } from './stored-choice';

export type Theme = 'dark' | 'light';

/** Dark unless the user chose otherwise, whatever the system prefers: EM is judged on black. */
const stored = storedChoice<Theme>('floodlight.theme', ['dark', 'light']);

function apply(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
}

/** Applies the remembered theme. */
export const applyStoredTheme = (): void => apply(stored.read());

/** Switches between dark and light and remembers it. */
export function toggleTheme(): void {
  const theme: Theme = document.documentElement.dataset.theme === 'light' ? 'dark' : 'light';
  apply(theme);
  stored.write(theme);
}
