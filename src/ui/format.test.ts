import { describe, expect, it } from 'vitest';
import {
  formatBound,
  formatBudget,
  formatColumn,
  formatCount,
  formatCubicMicrometres,
  formatDtype,
  formatSeconds,
  formatShape,
  formatShort,
  formatTook,
  formatValue,
  formatVoxelSize,
  shortcutKeys,
  shortenId,
} from './format';

describe('numbers', () => {
  it('groups digits by three', () => {
    expect([0, 999, 1000, 1_131_160].map(formatCount)).toEqual([
      '0',
      '999',
      '1\u00a0000',
      '1\u00a0131\u00a0160',
    ]);
  });

  it('never needs more than four digits and a prefix', () => {
    expect([7, 999, 999.6, 9_994, 9_996, 14_800_000, 999_600_000].map(formatShort)).toEqual([
      '7',
      '999',
      '1.00\u00a0k',
      '9.99\u00a0k',
      '10.0\u00a0k',
      '14.8\u00a0M',
      '1.00\u00a0G',
    ]);
  });

  it('tells times below and above a minute', () => {
    expect(formatSeconds(3240)).toBe('3.2\u00a0s');
    expect(formatSeconds(65_900)).toBe('1:05\u00a0min');
    expect(formatTook(15.7)).toBe('16\u00a0ms');
    expect(formatTook(99.5)).toBe('0.1\u00a0s');
  });

  it('turns voxels into cubic micrometres', () => {
    expect(formatCubicMicrometres(1_131_160, [8, 8, 8])).toBe('0.579');
    expect(formatCubicMicrometres(1e9, [40, 4, 4])).toBe('640.0');
    expect(formatCubicMicrometres(1.041e9, [40, 40, 40])).toBe('66624');
    for (const voxels of [1, 1e5, 1e7, 1.5624e9, 1.6e9, 1e12, 1e15])
      expect(formatCubicMicrometres(voxels, [40, 40, 40]).length).toBeLessThanOrEqual(6);
  });

  it('fits columns', () => {
    expect([0, 999_999, 1_000_000, 1_041_461_631].map(formatColumn)).toEqual([
      '0',
      '999\u00a0999',
      '1.00\u00a0M',
      '1.04\u00a0G',
    ]);
  });

  it('tells budgets as they are', () => {
    expect([0, 256e6, 2 ** 27, 0.375 * 2 ** 30, 2 ** 33].map(formatBudget)).toEqual([
      'off',
      '0.238 GiB',
      '0.125 GiB',
      '0.375 GiB',
      '8 GiB',
    ]);
  });
});

describe('what is open', () => {
  it('is told in x, y, z order', () => {
    expect(formatShape([192, 384, 400])).toBe('400×384×192');
    expect(formatShape([250, 250, 250])).toBe('250³');
    expect(formatVoxelSize([16, 8, 4])).toBe('4×8×16 nm');
  });
});

describe('ids and keys', () => {
  it('leaves out the middle of long ids only', () => {
    expect(shortenId('720575940624720')).toBe('7205…24720');
    expect(shortenId('12345')).toBe('12345');
  });

  it('names keys as the keyboard does', () => {
    expect(shortcutKeys('mod+k', false)).toEqual(['Ctrl', 'K']);
    expect(shortcutKeys('mod+k', true)).toEqual(['⌘', 'K']);
    expect(shortcutKeys('shift+?', false)).toEqual(['?']);
    expect(shortcutKeys('escape', false)).toEqual(['Esc']);
  });
});

it('names voxel types in short, and gives values as they are', () => {
  const dtypes = ['bool', 'uint8', 'uint64', 'int8', 'int32', 'float16', 'float64'] as const;
  expect(dtypes.map(formatDtype)).toEqual(['bool', 'u8', 'u64', 'i8', 'i32', 'f16', 'f64']);
  expect([7, -3, 1.23456, 2n ** 60n + 1n].map(formatValue)).toEqual([
    '7',
    '-3',
    '1.235',
    '1152921504606846977',
  ]);
  expect([140, -30_000, -0.89453, 0, 2 ** 60, -1e-9].map(formatBound)).toEqual([
    '140',
    '-30000',
    '-0.895',
    '0',
    '1.2e18',
    '-1e-9',
  ]);
});
