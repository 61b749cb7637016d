/** Channels come in fours, the last filled up with zeros. */
export const quadsOf = (channels: number): number => Math.ceil(channels / 4);
