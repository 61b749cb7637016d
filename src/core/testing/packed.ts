import { BitsVault } from '../bits-vault';
import type { Bits, BrickBits } from '../brick-bits';
import type { SegmentBits } from '../packed-bits';

const vault = new BitsVault();

/** A segment of these bits, in memory: any vault unpacks it. */
export const packed = (bits: BrickBits): SegmentBits =>
  new Map([...bits].map(([key, words]) => [key, vault.pack(words)]));

/** Whether two bricks hold the same bits. */
export const sameBits = (a: Bits, b: Bits): boolean =>
  a.length === b.length && a.every((word, index) => word === b[index]);
