/** An address without what may be a secret: its query, in which signatures lie, and a user's name and password. Others stay as they are. */
export function withoutSecrets(url: string): string {
  if (!/^https?:/i.test(url) || !URL.canParse(url)) return url;
  const bare = new URL(url);
  if (!bare.search && !bare.username && !bare.password) return url;
  bare.search = bare.username = bare.password = '';
  return bare.href;
}

/** Whether an address may hold a secret: of such a source nothing is kept, nor is the address remembered. */
export const mayHoldSecret = (url: string): boolean => withoutSecrets(url) !== url;
