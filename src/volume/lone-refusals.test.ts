import { describe, expect, it } from 'vitest';
import { LoneRefusals } from './lone-refusals';

/** What it says of each refusal, in order: files that are refused are named in capitals, those that are answered not. */
function verdicts(names: string): string {
  const files = new LoneRefusals();
  let said = '';
  for (const name of names)
    if (name === name.toLowerCase()) files.answered(name);
    else said += files.refused(name) ? 'alone ' : 'busy ';
  return said.trim();
}

describe('a file that a host refuses', () => {
  it.each([
    ['at first may be for a busy host', 'abcA', 'busy'],
    ['again before it answers any, too', 'AAAAAAA', 'busy busy busy busy busy busy busy'],
    ['again and again while it answers others', 'AbAcAdAeA', 'busy busy busy busy alone'],
    ['sooner as it answers more', 'AbcdefghijAbcdefghijA', 'busy busy alone'],
    ['but not once it answers nobody', 'AbcdefghijAbcdefghijAA', 'busy busy alone busy'],
    ['beside another one', 'ABcdefghijABcdefghijAB', 'busy busy busy busy busy alone'],
    ['as it does many', 'ABCDEfghiABCDEfghi', 'busy '.repeat(10).trim()],
  ])('%s', (_, names, expected) => {
    expect(verdicts(names)).toBe(expected);
  });

  it('is no longer alone once it is answered', () => {
    const files = new LoneRefusals();
    const refuse = () => {
      const isAlone = files.refused('a');
      for (let index = 0; index < 40; index++) files.answered('b');
      return isAlone;
    };
    expect([refuse(), refuse()]).toEqual([false, true]);
    expect(files.isAlone('a')).toBe(true);
    files.answered('a');
    expect(files.isAlone('a')).toBe(false);
    expect([refuse(), refuse()]).toEqual([false, true]);
  });

  it('is forgotten after so many others', () => {
    const files = new LoneRefusals();
    files.refused('a');
    for (let index = 0; index < 256; index++) files.refused(`${index}`);
    for (let index = 0; index < 1e6; index++) files.answered('b');
    expect(files.refused('a')).toBe(false);
    expect(files.refused('255')).toBe(true);
  });

  it('is hardly ever taken for one refused alone where all are refused as often', () => {
    for (const chance of [0.1, 0.5, 0.8]) {
      const files = new LoneRefusals();
      let waiting = Array.from({ length: 1000 }, (_, index) => `${index}`);
      let alone = 0;
      let state = 1;
      const isRefused = () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return state / 2 ** 32 < chance;
      };
      while (waiting.length > 0)
        waiting = waiting.filter((url) => {
          if (!isRefused()) {
            files.answered(url);
            return false;
          }
          alone += files.refused(url) ? 1 : 0;
          return true;
        });
      expect(alone).toBeLessThan(20);
    }
  });
});
