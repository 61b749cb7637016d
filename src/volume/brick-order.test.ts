import { expect, it } from 'vitest';
import { brickOrder } from './brick-order';

it('brings the voxels of each brick together, within what lies at one place along further axes', () => {
  expect(brickOrder([2, 64, 128, 192], 4)).toEqual({
    codec: 'transpose',
    elementBytes: 4,
    shape: [2, 1, 64, 2, 64, 3, 64],
    axes: [0, 1, 3, 5, 2, 4, 6],
  });
});

it.each([
  ['a brick', [64, 64, 64]],
  ['bricks one behind the other, which lie so', [256, 64, 64]],
  ['no whole bricks', [128, 128, 100]],
  ['a plane', [128, 128]],
  ['so large that its memory is not taken twice', [512, 512, 512]],
])('leaves a chunk as it is that is %s', (_, shape) => {
  expect(brickOrder(shape, 1)).toBeUndefined();
});
