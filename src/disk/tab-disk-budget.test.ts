import { describe, expect, it } from 'vitest';
import {
  BUDGET,
  browser,
  chunkOf,
  HOUR,
  MEBIBYTE,
  openTab,
  openTwoTabs,
  put,
  read,
  settle,
} from './testing-tabs';

describe('the budget of several tabs', () => {
  it('is what one of them began with, until a user says something else in any', async () => {
    const [first, second] = await openTwoTabs();
    const third = openTab();
    third.disk.suggestBudgetBytes(5);
    await settle();
    expect(third.disk.budgetBytes).toBe(BUDGET);
    expect(third.budgets).toEqual([BUDGET]);
    second.disk.setBudgetBytes(20 * MEBIBYTE);
    await settle();
    for (const tab of [first, third]) {
      expect(tab.disk.budgetBytes).toBe(20 * MEBIBYTE);
      expect(tab.budgets.at(-1)).toBe(20 * MEBIBYTE);
    }
    expect(second.budgets).toEqual([]);
    for (let key = 0; key < 30; key++) second.disk.put(`${key}`, new Uint8Array(MEBIBYTE), HOUR);
    await settle();
    expect(browser.disk.usedBytes).toBeLessThanOrEqual(20 * MEBIBYTE);
    browser.end(first.id);
    browser.end(second.id);
    await settle();
    expect(third.disk.budgetBytes).toBe(20 * MEBIBYTE);
  });

  it('is told to a tab that opens later and has the files', async () => {
    browser.isBroken = true;
    const first = openTab();
    first.disk.setBudgetBytes(20 * MEBIBYTE);
    await settle();
    browser.isBroken = false;
    const second = openTab();
    second.disk.suggestBudgetBytes(BUDGET);
    await settle();
    expect(second.budgets).toEqual([20 * MEBIBYTE]);
    put(second, 1);
    await settle();
    expect(await read(first, 1)).toEqual(chunkOf(1));
  });

  it('leaves the cache what the labels of all tabs do not take, until their tab is gone', async () => {
    const [first, second] = await openTwoTabs();
    for (let at = 0; at < 60; at += 5) {
      for (let key = at; key < at + 5; key++)
        second.disk.put(`${key}`, new Uint8Array(MEBIBYTE), HOUR);
      await settle(100);
    }
    expect(browser.disk.usedBytes).toBeGreaterThan(50 * MEBIBYTE);
    second.disk.setSpilledBytes(20 * MEBIBYTE);
    first.disk.setSpilledBytes(20 * MEBIBYTE);
    await settle();
    expect(browser.disk.usedBytes).toBeLessThanOrEqual(BUDGET - 40 * MEBIBYTE);
    const used = browser.disk.usedBytes + 40 * MEBIBYTE;
    expect([first.disk.usedBytes, second.disk.usedBytes]).toEqual([used, used]);
    browser.end(first.id);
    await settle();
    expect(second.disk.usedBytes).toBe(browser.disk.usedBytes + 20 * MEBIBYTE);
  });
});
