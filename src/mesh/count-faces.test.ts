import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BRICK_WORDS, bitOfVoxel } from '../core/brick-bits';
import type { Zyx } from '../core/vec';
import { countFaces } from './count-faces';

it('counts each face between a voxel that is set and one that is not, once', () => {
  const coordinate = fc.oneof(fc.integer({ min: 0, max: 63 }), fc.constantFrom(0, 31, 32, 63));
  const voxels = fc.array(fc.tuple(coordinate, coordinate, coordinate), { maxLength: 60 });
  fc.assert(
    fc.property(voxels, fc.boolean(), (list, isInverted) => {
      const bits = new Uint32Array(BRICK_WORDS);
      for (const zyx of list) {
        const { word, bit } = bitOfVoxel(zyx);
        bits[word] = (bits[word] ?? 0) | (1 << bit);
      }
      const set = new Set(list.map((zyx) => zyx.join()));
      let faces = 0;
      for (const [z, y, x] of new Map(list.map((zyx) => [zyx.join(), zyx])).values())
        for (const near of [
          [z - 1, y, x],
          [z + 1, y, x],
          [z, y - 1, x],
          [z, y + 1, x],
          [z, y, x - 1],
          [z, y, x + 1],
        ] as Zyx[])
          if (near.every((at) => at >= 0 && at < 64) && !set.has(near.join())) faces++;
      expect(countFaces(isInverted ? bits.map((word) => ~word) : bits)).toBe(faces);
    }),
  );
});
