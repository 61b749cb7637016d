import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { recentSources, rememberSource } from './sources';

const stored = new Map<string, string>();
beforeEach(() => {
  stored.clear();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
  });
});
afterEach(() => vi.unstubAllGlobals());

it('remembers addresses, the newest first and each once, eight of them', () => {
  for (let volume = 0; volume < 9; volume++) rememberSource(`https://host/${volume}`);
  rememberSource('https://host/5');
  expect(recentSources()).toEqual([5, 8, 7, 6, 4, 3, 2, 1].map((at) => `https://host/${at}`));
});

it('remembers none that may be signed, and forgets those that were remembered once', () => {
  const signed = 'https://host/a.zarr?X-Amz-Signature=7431';
  rememberSource(signed);
  rememberSource('https://user:7431@host/a.zarr');
  expect([...stored.values()].join()).not.toContain('7431');
  stored.set('floodlight.recent-sources', JSON.stringify([signed, 'https://host/b.zarr', 4]));
  expect(recentSources()).toEqual(['https://host/b.zarr']);
  rememberSource('https://host/c.zarr');
  expect([...stored.values()].join()).not.toContain('7431');
});

it('remembers nothing where the browser keeps nothing', () => {
  vi.stubGlobal('localStorage', undefined);
  rememberSource('https://host/a.zarr');
  expect(recentSources()).toEqual([]);
});
