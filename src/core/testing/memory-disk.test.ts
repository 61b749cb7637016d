import { describe, expect, it } from 'vitest';
import { MemoryDisk } from './memory-disk';

const bytes = (...values: number[]) => Uint8Array.from(values);

describe('a disk in memory', () => {
  it('reads what was written, at a place or at the cursor, zeros in gaps, nothing past the end', () => {
    const file = new MemoryDisk().open('a');
    file.write(bytes(1, 2));
    file.write(bytes(3));
    file.write(bytes(9), { at: 5 });
    expect(file.getSize()).toBe(6);
    const read = new Uint8Array(8);
    expect(file.read(read, { at: 0 })).toBe(6);
    expect(read).toEqual(bytes(1, 2, 3, 0, 0, 9, 0, 0));
    expect(file.read(read, { at: 6 })).toBe(0);
    file.truncate(2);
    file.truncate(4);
    expect(file.read(read.subarray(0, 4), { at: 0 })).toBe(4);
    expect(read.subarray(0, 4)).toEqual(bytes(1, 2, 0, 0));
  });

  it('keeps files when handles close, and lets each be open once', () => {
    const disk = new MemoryDisk();
    const file = disk.open('a');
    file.write(bytes(7));
    expect(() => disk.open('a')).toThrow(
      expect.objectContaining({ name: 'NoModificationAllowedError' }),
    );
    file.close();
    expect(() => file.getSize()).toThrow(expect.objectContaining({ name: 'InvalidStateError' }));
    expect(disk.open('a').getSize()).toBe(1);
    expect(disk.contents('a')).toEqual(bytes(7));
  });

  it('refuses to grow past its quota, all files together', () => {
    const disk = new MemoryDisk(4);
    const [first, second] = [disk.open('a'), disk.open('b')];
    first.write(bytes(1, 2, 3));
    const full = expect.objectContaining({ name: 'QuotaExceededError' });
    expect(() => second.write(bytes(1, 2))).toThrow(full);
    expect(second.getSize()).toBe(0);
    first.write(bytes(5, 6), { at: 0 });
    first.truncate(1);
    second.write(bytes(1, 2));
    expect(disk.usedBytes).toBe(3);
    disk.quotaBytes = 10;
    first.truncate(8);
  });
});
