import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { BitsVault } from './bits-vault';
import { type Bits, BRICK_WORDS } from './brick-bits';
import type { PackedBits } from './packed-bits';
import { MemoryDisk } from './testing/memory-disk';
import { sameBits } from './testing/packed';

/** Noise of the given number, the same each time; 256 words of it. */
function noise(number: number): Bits {
  const bits: Bits = new Uint32Array(BRICK_WORDS);
  for (let i = 0; i < 256; i++) bits[i * 31] = Math.imul(i + 1, 2654435761 * (number + 1)) | 1;
  return bits;
}

const BUDGET = 2 ** 15;

describe('the vault of bits', () => {
  it('gives back what it was given, whatever moved to the file and was let go of', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ add: fc.nat(9), drop: fc.nat(3), read: fc.nat(9) }), {
          maxLength: 12,
        }),
        (rounds) => {
          const disk = new MemoryDisk();
          const vault = new BitsVault(BUDGET, disk.open('bits'));
          const held: { number: number; packed: PackedBits }[] = [];
          let next = 0;
          for (const { add, drop, read } of rounds) {
            for (let i = 0; i < add; i++, next++)
              held.push({ number: next, packed: vault.pack(noise(next)) });
            held.splice(read % Math.max(1, held.length), drop);
            const taken = held[read % Math.max(1, held.length)];
            if (taken) expect(sameBits(vault.unpack(taken.packed), noise(taken.number))).toBe(true);
            const memoryBytes = vault.trim(held.map(({ packed }) => packed));
            expect(memoryBytes).toBeLessThanOrEqual(Math.max(BUDGET, 256 * held.length));
            const plain = held.map(({ packed: { bytes } }) => 256 + (bytes?.length ?? 0));
            expect(memoryBytes).toBe(plain.reduce((sum, each) => sum + each, 0));
            expect(vault.memoryBytes).toBe(memoryBytes);
          }
          for (const { number, packed } of held)
            expect(sameBits(vault.unpack(packed), noise(number))).toBe(true);
        },
      ),
      { numRuns: 12 },
    );
  });

  it('looks at what is held as seldom as there is much of it', () => {
    const vault = new BitsVault(BUDGET, new MemoryDisk().open('bits'));
    const held: PackedBits[] = [];
    let looks = 0;
    for (let number = 0; number < 3000; number++) {
      held.push(vault.pack(new Uint32Array(BRICK_WORDS)));
      if (!vault.isTrimDue) continue;
      vault.trim(held);
      looks += held.length;
    }
    // At each of those added about nine times; without regard to their number some 300 times.
    expect(looks).toBeGreaterThan(held.length);
    expect(looks).toBeLessThan(12 * held.length);
  });

  it('moves the least recently used first', () => {
    const vault = new BitsVault(BUDGET, new MemoryDisk().open('bits'));
    const held = Array.from({ length: 40 }, (_, number) => vault.pack(noise(number)));
    const [first] = held;
    if (first) vault.unpack(first);
    vault.trim(held);
    expect(held.map(({ bytes }) => bytes !== undefined).indexOf(true)).toBe(0);
    expect(held.at(-1)?.bytes).toBeDefined();
    expect(held[1]?.bytes).toBeUndefined();
  });

  it('uses the room of what is not held again', () => {
    const disk = new MemoryDisk();
    const vault = new BitsVault(0, disk.open('bits'), Number.POSITIVE_INFINITY, 2000);
    const block = (from: number, length: number) =>
      Array.from({ length }, (_, index) => vault.pack(noise(from + index)));
    let held = block(0, 30);
    vault.trim(held);
    const all = vault.fileBytes;
    for (let round = 1; round <= 12; round++) {
      held = [...held.slice(20), ...block(30 * round, 20)];
      vault.trim(held);
    }
    expect(all).toBeGreaterThan(20_000);
    expect(vault.fileBytes).toBeLessThan(3 * all);
    expect(disk.usedBytes).toBe(vault.fileBytes);
    held.slice(-20).forEach((packed, index) => {
      expect(sameBits(vault.unpack(packed), noise(360 + index))).toBe(true);
    });
  });

  it('writes many at once', () => {
    const file = new MemoryDisk().open('bits');
    const write = vi.spyOn(file, 'write');
    const vault = new BitsVault(0, file);
    const held = Array.from({ length: 500 }, (_, number) => vault.pack(noise(number)));
    vault.trim(held);
    expect(vault.fileBytes).toBeGreaterThan(2 ** 18);
    expect(write).toHaveBeenCalledTimes(Math.ceil(vault.fileBytes / 2 ** 18));
    held.forEach((packed, number) => {
      expect(sameBits(vault.unpack(packed), noise(number))).toBe(true);
    });
  });

  it('keeps in memory what the disk has no room for, and says why', () => {
    const disk = new MemoryDisk(3000);
    const vault = new BitsVault(BUDGET, disk.open('bits'));
    const held = Array.from({ length: 60 }, (_, number) => vault.pack(noise(number)));
    expect(vault.trim(held)).toBeGreaterThan(BUDGET);
    expect(vault.fileFailure).toMatchObject({ name: 'QuotaExceededError' });
    held.forEach((packed, number) => {
      expect(sameBits(vault.unpack(packed), noise(number))).toBe(true);
    });
    disk.quotaBytes = Number.POSITIVE_INFINITY;
    vault.fileBudgetBytes = 3000;
    expect(vault.trim(held)).toBeGreaterThan(BUDGET);
    expect(disk.usedBytes).toBeLessThanOrEqual(3000);
    vault.fileBudgetBytes = Number.POSITIVE_INFINITY;
    expect(vault.trim(held)).toBeLessThanOrEqual(BUDGET);
    expect(vault.fileFailure).toBeUndefined();
  });
});
