import { describe, expect, it } from 'vitest';
import { TriangleLimit } from './triangle-limit';

/** The limit after pictures of so many triangles that took so long. */
const after = (...pictures: readonly (readonly [triangles: number, milliseconds: number])[]) => {
  const limit = new TriangleLimit();
  const changes = pictures.map((picture) => limit.told(...picture)).filter((isOther) => isOther);
  return [limit.triangles, changes.length];
};

describe('the limit of triangles', () => {
  it('is none where pictures are fast, nor for one slow picture among them', () => {
    expect(after([5e6, 20], [5e6, 100], [5e6, 2000], [5e6, 30], [5e6, 300])).toEqual([
      Number.POSITIVE_INFINITY,
      0,
    ]);
  });

  it('is what slow pictures could have had, by the faster one of the last two', () => {
    expect(after([1.6e6, 1000], [1.6e6, 800])).toEqual([2e5, 1]);
  });

  it('stays where pictures within it take somewhat longer or shorter', () => {
    const learnt = [[1.6e6, 1000] as const, [1.6e6, 800] as const];
    expect(after(...learnt, [2e5, 150], [2e5, 190], [2e5, 101], [1.9e5, 60])).toEqual([2e5, 1]);
    expect(after(...learnt, [2e5, 250], [2e5, 250])).toEqual([8e4, 2]);
  });

  it('never becomes so small that triangles hardly count, and is not learnt of pictures of so few', () => {
    expect(after([100, 500], [100, 500])).toEqual([Number.POSITIVE_INFINITY, 0]);
    expect(after([1e5, 1000], [1e5, 1000], [2 ** 16, 1000], [2 ** 16, 1000])).toEqual([2 ** 16, 1]);
  });

  it('goes where as many are drawn fast after all', () => {
    expect(after([1.6e6, 1000], [1.6e6, 800], [1.6e6, 90])).toEqual([Number.POSITIVE_INFINITY, 2]);
  });
});
