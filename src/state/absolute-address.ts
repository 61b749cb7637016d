/** An address relative to the page as a whole one. What is no address stays as it is: who is to read it refuses it by a typed error. */
export const absoluteAddress = (address: string): string =>
  URL.canParse(address, document.baseURI) ? new URL(address, document.baseURI).href : address;

/** The host of a whole address, with its port where that is not the usual one; null where it is no address. */
export const hostOf = (address: string): string | null =>
  URL.canParse(address) ? new URL(address).host : null;
