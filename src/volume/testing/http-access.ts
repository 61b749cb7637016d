import { Host } from '../host';
import type { HttpAccess } from '../http-access';
import { Patience } from '../patience';

/** Asks by this fetch, without waits between attempts. */
export const accessBy = (
  fetch = globalThis.fetch,
  headers: HttpAccess['headers'] = {},
): HttpAccess => ({
  fetch,
  patience: new Patience(new Host('host', { wait: async () => {} })),
  headers,
});
