import { expect, it } from 'vitest';
import { planeOf } from '../../core/slice-geometry';
import { randomNumbers } from '../../core/testing/random';
import { BLENDINGS } from '../layer';
import { baseOf } from './base-row';
import { compose } from './compose';
import type { PaintedImage, PaintedLabels } from './painted';

it('gives what most slices show the pixels that it gives to layers laid over one another', () => {
  const random = randomNumbers(11);
  for (let round = 0; round < 60; round++) {
    const [widthPixels, heightPixels] = [
      1 + Math.floor(random() * 60),
      1 + Math.floor(random() * 40),
    ];
    const length = widthPixels * heightPixels;
    const isPainted = () => random() > 0.3;
    const low = Math.floor(random() * 200);
    const image: PaintedImage = {
      kind: 'image',
      values: Float32Array.from({ length }, () => (isPainted() ? random() * 300 - 20 : Number.NaN)),
      look: {
        contrast: [low, low + Math.floor(random() * 3) * 40],
        colourMap: random() > 0.5 ? 'grey' : 'inverted',
        opacity: 1,
      },
      hatch: undefined,
      blending: 'normal',
    };
    const paint = () => ({
      red: random() * 255,
      green: random() * 255,
      blue: random() * 255,
      part: random() > 0.7 ? 1 : random(),
    });
    const inks = [undefined, ...[1, 2, 3].map(() => ({ inside: paint(), edge: paint() }))];
    const labels: PaintedLabels = {
      kind: 'labels',
      ids: Uint32Array.from({ length }, () => Math.floor(random() * 5)),
      inkOf: (label) => inks[label - 1],
      hatch: undefined,
      blending: BLENDINGS[Math.floor(random() * BLENDINGS.length)] ?? 'normal',
    };
    const nothing: PaintedLabels = { ...labels, ids: new Uint32Array(length) };
    const plane = planeOf(
      'xy',
      {
        centerZyx: [5, 20 * random(), 30 * random()],
        nmPerPixel: 1,
        orientation: [0, 0, 0, 1],
        widthPixels,
        heightPixels,
      },
      [1, 1, 1],
    );
    const bounds = { startZyx: [0, 0, 0], endZyx: [10, 20, 30] } as const;
    const pixelsOf = (...layers: Parameters<typeof compose>[0]) => {
      const pixels = new Uint32Array(length);
      compose(layers, plane, bounds, pixels);
      return [...pixels];
    };
    const bases = [[image], [image, labels]] as const;
    for (const layers of bases) {
      const others = [...layers, nothing, nothing];
      expect([baseOf(layers) === undefined, baseOf(others)]).toEqual([false, undefined]);
      expect(pixelsOf(...layers)).toEqual(pixelsOf(...others));
    }
    expect(baseOf([{ ...image, hatch: new Uint8Array(length) }, labels])).toBeUndefined();
    expect(baseOf([image, { ...labels, hatch: new Uint8Array(length) }])).toBeUndefined();
    expect(baseOf([labels, image])).toBeUndefined();
    expect(baseOf([image, image])).toBeUndefined();
    expect(baseOf([])).toBeUndefined();
    const look = { ...image.look, colourMap: 'viridis' } as const;
    expect(baseOf([{ ...image, look }])).toBeUndefined();
    expect(baseOf([{ ...image, look: { ...image.look, opacity: 0.5 } }])).toBeUndefined();
  }
});
