import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compose, IDENTITY, isIdentity, normalized, rotate, turnAbout } from './quaternion';
import { ANY_ORIENTATIONS } from './testing/orientations';
import { dot, type Zyx } from './vec';

const real = fc.double({ min: -100, max: 100, noNaN: true });
const triples: fc.Arbitrary<Zyx> = fc.tuple(real, real, real);

test('rotations keep lengths and angles, and are composed from the right', () => {
  fc.assert(
    fc.property(ANY_ORIENTATIONS, ANY_ORIENTATIONS, triples, triples, (a, b, u, v) => {
      expect(dot(rotate(a, u), rotate(a, v))).toBeCloseTo(dot(u, v), 6);
      const [once, twice] = [rotate(compose(a, b), u), rotate(a, rotate(b, u))];
      once.forEach((part, axis) => {
        expect(part).toBeCloseTo(twice[axis] ?? 0, 6);
      });
    }),
  );
});

test('a quarter turn about z takes x to y, exactly', () => {
  expect(rotate(turnAbout([1, 0, 0], Math.PI / 2), [0, 0, 1])).toEqual([0, 1, 0]);
  expect(rotate(turnAbout([0, 0, 1], Math.PI / 2), [0, 1, 0])).toEqual([1, 0, 0]);
});

test('of lengths other than one the same rotation is made; of none nothing is', () => {
  expect(normalized([0, 3, 0, -4])).toEqual([0, 0.6, 0, -0.8]);
  expect(normalized([1e200, 1e200, 1e200, 1e200])).toEqual([0.5, 0.5, 0.5, 0.5]);
  expect(normalized([0, 0, 0, 0])).toBeUndefined();
  expect(normalized([Number.NaN, 0, 0, 1])).toBeUndefined();
  expect(normalized([0, Number.POSITIVE_INFINITY, 0, 1])).toBeUndefined();
});

test('nothing turned is told, with either sign', () => {
  expect(isIdentity(IDENTITY)).toBe(true);
  expect(isIdentity([0, 0, 0, -1])).toBe(true);
  expect(isIdentity(turnAbout([1, 0, 0], 1e-3))).toBe(false);
});
