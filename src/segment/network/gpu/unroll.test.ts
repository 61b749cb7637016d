import { describe, expect, it } from 'vitest';
import { unroll } from './unroll';

describe('blocks of a shader written out', () => {
  it('are repeated, nested, with sums and products of their counters', () => {
    const code = [
      'before',
      '//@for i < N',
      '  //@for j < 2',
      'x#{i} = y#{i+j} + z#{N*2*i+3*j};',
      '  //@end',
      '//@end',
    ];
    expect(unroll([...code, 'after'].join('\n'), { N: 2 }).split('\n')).toEqual([
      'before',
      'x0 = y0 + z0;',
      'x0 = y1 + z3;',
      'x1 = y1 + z4;',
      'x1 = y2 + z7;',
      'after',
    ]);
  });

  it('need an end, and numbers for all names', () => {
    expect(() => unroll('//@for i < 2\nx', {})).toThrow(/no end/);
    expect(() => unroll('//@for i < N\n//@end', {})).toThrow(/without N/);
    expect(() => unroll('#{i}', {})).toThrow(/without i/);
  });
});
