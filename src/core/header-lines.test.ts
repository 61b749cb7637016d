import { expect, it } from 'vitest';
import { parseHeaderLines } from './header-lines';

it('takes a header a line', () => {
  expect(parseHeaderLines('')).toEqual({});
  expect(parseHeaderLines('X-Api-Key: a:b \n\n  x-team :neurons')).toEqual({
    'X-Api-Key': 'a:b',
    'x-team': 'neurons',
  });
});

it.each(['secret', ': secret', 'two words: secret'])(
  'refuses “%s”, and does not repeat it',
  (line) => {
    expect(() => parseHeaderLines(`A: b\n${line}`)).toThrow(/each line has to be a name/);
    expect(() => parseHeaderLines(line)).not.toThrow(/secret/);
  },
);
