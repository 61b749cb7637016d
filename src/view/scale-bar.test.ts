import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scaleBar } from './scale-bar';

test.each([
  [8, 100, 500, '500 nm', 62.5],
  [1, 100, 100, '100 nm', 100],
  [1, 99.9, 50, '50 nm', 50],
  [10, 100, 1000, '1 µm', 100],
  [250, 100, 20_000, '20 µm', 80],
  [0.1, 40, 2, '2 nm', 20],
  [0.004, 100, 0.2, '0.2 nm', 50],
  [100_000, 110, 1e7, '10 mm', 100],
])('%f nm per pixel, at most %f pixels', (nmPerPixel, maximum, lengthNm, label, pixels) => {
  const bar = scaleBar(nmPerPixel, maximum);
  expect(bar.lengthNm).toBeCloseTo(lengthNm, 9);
  expect(bar.pixels).toBeCloseTo(pixels, 9);
  expect(bar.label).toBe(label);
});

test('a bar is round, fits, and is never shorter than two fifths of the room', () => {
  const zoom = fc.double({ min: 0.01, max: 1e5, noNaN: true });
  fc.assert(
    fc.property(zoom, fc.double({ min: 20, max: 300, noNaN: true }), (nmPerPixel, maximum) => {
      const { lengthNm, pixels, label } = scaleBar(nmPerPixel, maximum);
      expect(pixels).toBeLessThanOrEqual(maximum * (1 + 1e-9));
      expect(pixels).toBeGreaterThan(maximum * 0.39);
      expect(lengthNm.toExponential(6)).toMatch(/^[125]\.0+e/);
      expect(label).toMatch(/^(0\.\d+|\d{1,3}) (nm|µm|mm)$/);
    }),
  );
});
