import { mayHoldSecret } from '../core/address';

const KEY = 'floodlight.recent-sources';
const KEPT = 8;

/** Where the embedded sample is served. */
export const sampleUrl = (): string =>
  new URL(`${import.meta.env.BASE_URL}sample.zarr`, document.baseURI).href;

/** Addresses opened before, the newest first; none where the browser keeps nothing. */
export function recentSources(): readonly string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    if (!Array.isArray(stored)) return [];
    return stored.filter((item) => typeof item === 'string' && !mayHoldSecret(item));
  } catch {
    return [];
  }
}

/** Puts an address at the head of the recent ones; one that may be signed is not remembered. */
export function rememberSource(url: string): void {
  if (mayHoldSecret(url)) return;
  const urls = [url, ...recentSources().filter((other) => other !== url)].slice(0, KEPT);
  try {
    localStorage.setItem(KEY, JSON.stringify(urls));
  } catch {
    // Private windows may refuse storage: the list then lives only as long as the page.
  }
}
