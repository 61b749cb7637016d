import fc from 'fast-check';
import { expect, test } from 'vitest';
import { colourOfId64, packColour, type Rgb, segmentColour } from './colour';

const distance = (a: Rgb, b: Rgb) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

test('colours are bytes, and neither dark nor grey', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 31 - 1 }), (id) => {
      const colour = segmentColour(id);
      for (const channel of colour) expect(Number.isInteger(channel)).toBe(true);
      expect(Math.min(...colour)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...colour)).toBeLessThanOrEqual(255);
      expect(Math.max(...colour)).toBeGreaterThan(140);
      expect(Math.max(...colour) - Math.min(...colour)).toBeGreaterThan(45);
    }),
  );
});

test('ids that follow each other look different', () => {
  for (let id = 1; id < 1000; id++)
    for (let next = id + 1; next <= id + 6; next++)
      expect(distance(segmentColour(id), segmentColour(next))).toBeGreaterThan(20);
});

test('colours stay what they were when this was written', () => {
  expect([1, 2, 3].map(segmentColour)).toEqual([
    [0, 225, 255],
    [234, 177, 17],
    [207, 133, 255],
  ]);
});

test('64-bit ids differ by their upper half too', () => {
  const low = 7205759403792793600n;
  expect(colourOfId64(low)).not.toEqual(colourOfId64(low + (1n << 32n)));
  expect(colourOfId64(low)).toEqual(colourOfId64(low));
});

test('packed colours are rgba8, red first', () => {
  const packed = new Uint32Array([packColour([1, 2, 255])]);
  expect([...new Uint8Array(packed.buffer)]).toEqual([1, 2, 255, 255]);
});
