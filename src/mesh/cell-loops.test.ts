import { expect, it } from 'vitest';
import { cellLoops } from './cell-loops';

const { firstLoop, firstLink, links, loopOfLink } = cellLoops;

const loopsOf = (configuration: number): number[][] => {
  const loops: number[][] = [];
  for (let loop = firstLoop[configuration] ?? 0; loop < (firstLoop[configuration + 1] ?? 0); loop++)
    loops.push([...links.subarray(firstLink[loop], firstLink[loop + 1])]);
  return loops;
};

it('has no loop in uniform cells, one around a single corner, and one for each corner of a checkerboard', () => {
  expect(loopsOf(0)).toEqual([]);
  expect(loopsOf(255)).toEqual([]);
  expect(loopsOf(1)).toHaveLength(1);
  expect(loopsOf(1)[0]).toHaveLength(3);
  // Corners 0, 3, 5, 6: all faces are ambiguous and the foreground is separated.
  expect(loopsOf(0b01101001).map((loop) => loop.length)).toEqual([3, 3, 3, 3]);
});

it('separates foreground but joins background on ambiguous faces', () => {
  expect(loopsOf(0b10000001)).toHaveLength(2);
  expect(loopsOf(0b00001001)).toHaveLength(2);
  expect(loopsOf(0b11110110)).toHaveLength(1);
});

it('passes each link once, in the loop that the table names', () => {
  for (let configuration = 0; configuration < 256; configuration++) {
    const loops = loopsOf(configuration);
    expect(new Set(loops.flat()).size).toBe(loops.flat().length);
    for (const [index, loop] of loops.entries())
      for (const link of loop) expect(loopOfLink[configuration * 12 + link]).toBe(index);
  }
});

it('gives both cells at a face the same links through it', () => {
  const linksThrough = (configuration: number, face: number): number[] =>
    loopsOf(configuration)
      .flat()
      .filter((link) => link >> 1 === face);
  for (let low = 0; low < 256; low++)
    for (let high = 0; high < 256; high++) {
      // The high corners on z of the one are the low corners of the other.
      if (low >> 4 !== (high & 15)) continue;
      const below = linksThrough(low, 1).map((link) => link ^ 2);
      expect(below.sort()).toEqual(linksThrough(high, 0).sort());
    }
});
