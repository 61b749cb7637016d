/** A text as a name that any file system takes; `fallback` where nothing of it is left. */
export const fileNameOf = (text: string, fallback: string): string =>
  text
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[.-]+/, '')
    .replace(/\.zarr$/, '')
    .slice(0, 100) || fallback;
