import { beforeEach, describe, expect, it } from 'vitest';
import type { FloodlightError } from '../core/errors';
import { MemoryDisk } from '../core/testing/memory-disk';
import { ChunkDisk } from './chunk-disk';

const MEBIBYTE = 2 ** 20;
const BUDGET = 64 * MEBIBYTE;
const bytes = (value: number, length = MEBIBYTE) => new Uint8Array(length).fill(value);

let files: MemoryDisk;
let seconds: number;
let told: FloodlightError[];
beforeEach(() => {
  files = new MemoryDisk();
  seconds = 1e9;
  told = [];
});

function attach(): ChunkDisk {
  const disk = new ChunkDisk(() => seconds * 1000);
  disk.onTrouble = (error) => told.push(error);
  disk.attach({ data: files.open('data'), journal: files.open('journal') });
  return disk;
}
function start(): ChunkDisk {
  const disk = attach();
  disk.setBudgetBytes(BUDGET);
  return disk;
}
const close = (disk: ChunkDisk) => {
  // As the browser does for a tab that is gone.
  const { data, journal } = Reflect.get(disk, 'files');
  data.close();
  journal.close();
};
const present = (disk: ChunkDisk, count: number) =>
  Array.from({ length: count }, (_, at) => at).filter((at) => disk.get(`${at}`));

describe('the disk', () => {
  it('keeps nothing without files', () => {
    const disk = new ChunkDisk();
    disk.setBudgetBytes(BUDGET);
    disk.put('a', bytes(1), 60);
    expect(disk.get('a')).toBeUndefined();
    expect(disk.cacheBytes).toBe(0);
  });

  it('drops nothing of earlier sessions before it is told its budget', () => {
    const first = start();
    first.put('a', bytes(1), 60);
    close(first);
    const second = attach();
    expect(second.get('a')).toBeUndefined();
    second.setBudgetBytes(BUDGET);
    expect(second.get('a')?.bytes?.[0]).toBe(1);
    expect(told).toEqual([]);
  });

  it('forgets chunks when their time is over', () => {
    const disk = start();
    disk.put('a', bytes(1, 10), 60);
    disk.put('b', null, 60);
    seconds += 59;
    expect(disk.get('a')).toEqual({ bytes: bytes(1, 10), secondsLeft: 1 });
    expect(disk.get('b')).toEqual({ bytes: null, secondsLeft: 1 });
    seconds += 1;
    expect(disk.get('a')).toBeUndefined();
    expect(disk.get('b')).toBeUndefined();
  });

  it('gives the cache what spilled labels leave, and gives it back', () => {
    const disk = start();
    for (let at = 0; at < 100; at++) disk.put(`${at}`, bytes(at), 60);
    expect(disk.cacheBytes).toBeLessThanOrEqual(BUDGET);
    expect(files.usedBytes).toBe(disk.cacheBytes);
    expect(present(disk, 100).length).toBe(60);
    for (let spilled = 0; spilled <= 40 * MEBIBYTE; spilled += MEBIBYTE) {
      disk.setSpilledBytes(spilled);
      expect(disk.cacheBytes + spilled).toBeLessThanOrEqual(BUDGET);
      expect(disk.cacheBytes).toBe(files.usedBytes);
    }
    // 16 MiB are left, the newest of all.
    expect(present(disk, 100)).toEqual(Array.from({ length: 15 }, (_, at) => 85 + at));
    disk.setSpilledBytes(2 * BUDGET);
    expect(files.usedBytes).toBe(0);
    disk.setSpilledBytes(0);
    disk.put('0', bytes(1), 60);
    expect(present(disk, 100)).toEqual([0]);
    expect(told).toEqual([]);
  });

  it('shrinks once when the disk is full, says so once, and goes on', () => {
    const disk = start();
    files.quotaBytes = 20 * MEBIBYTE;
    for (let at = 0; at < 60; at++) disk.put(`${at}`, bytes(at), 60);
    expect(told.map(({ code }) => code)).toEqual(['DISK_FULL']);
    expect(disk.get('59')?.bytes?.[0]).toBe(59);
    expect(present(disk, 60).length).toBeGreaterThan(10);
    // What others need is free again.
    expect(files.usedBytes).toBeLessThan(19 * MEBIBYTE);
    files.open('labels').truncate(MEBIBYTE);
    files.quotaBytes = Number.POSITIVE_INFINITY;
    disk.setBudgetBytes(BUDGET);
    for (let at = 0; at < 60; at++) disk.put(`${at}`, bytes(at), 60);
    expect(present(disk, 60).length).toBe(60);
  });

  it('ends when the files are gone, says so, and throws nothing', () => {
    const disk = start();
    let ends = 0;
    disk.onEnd = () => ends++;
    disk.put('a', bytes(1), 60);
    close(disk);
    expect(disk.get('a')).toBeUndefined();
    disk.put('b', bytes(1), 60);
    disk.clear();
    expect(disk.cacheBytes).toBe(0);
    expect(told.map(({ code }) => code)).toEqual(['DISK_FAILED']);
    expect(ends).toBe(1);
  });

  it('is cleared', () => {
    const disk = start();
    disk.put('a', bytes(1), 60);
    disk.clear();
    expect(disk.get('a')).toBeUndefined();
    expect(files.usedBytes).toBe(0);
  });
});
