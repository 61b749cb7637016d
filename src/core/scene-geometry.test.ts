import { PerspectiveCamera, Vector3 } from 'three';
import { expect, test } from 'vitest';
import {
  axesOfEye,
  flipped,
  inScene,
  nmInScene,
  nmOfVoxel,
  radiusOf,
  voxelOfNm,
} from './scene-geometry';

const volume = {
  shapeZyx: [100, 100, 100],
  voxelSizeNm: [16, 8, 8],
  originNm: [1e6, 2e6, 3e6],
} as const;

test('voxels and nanometres are inverse, the volume lies around the origin', () => {
  const zyx = [12.5, 3, 99] as const;
  voxelOfNm(volume, nmOfVoxel(volume, zyx)).forEach((at, axis) => {
    expect(at).toBeCloseTo(zyx[axis] ?? Number.NaN, 6);
  });
  expect(radiusOf(volume)).toBeCloseTo(Math.hypot(1.6, 0.8, 0.8) / 2);
  expect(inScene(volume, nmOfVoxel(volume, [50, 50, 50]))).toEqual(
    [0, 0, 0].map(() => expect.closeTo(0)),
  );
});

test('the scene shows x to the right, y down and z away from the viewer', () => {
  const middle = nmOfVoxel(volume, [50, 50, 50]);
  const place = [middle[0] + 1000, middle[1] + 2000, middle[2] + 3000] as const;
  expect(inScene(volume, place)).toEqual([-1, -2, 3].map((at) => expect.closeTo(at)));
  expect(nmInScene(volume, inScene(volume, place))).toEqual(
    place.map((at) => expect.closeTo(at, 6)),
  );
  expect(flipped(flipped([1, 2, 3]))).toEqual([1, 2, 3]);
});

test('the directions of an eye are those of three.js’s camera', () => {
  const camera = new PerspectiveCamera();
  camera.position.set(3, 4, -5);
  camera.lookAt(new Vector3(1, -1, 2));
  camera.updateMatrixWorld();
  const axes = axesOfEye({ position: [-5, 4, 3], target: [2, -1, 1] });
  for (const [column, { x, y, z }] of [axes.right, axes.up, axes.back].map(
    (axis, index) => [axis, new Vector3().setFromMatrixColumn(camera.matrixWorld, index)] as const,
  ))
    expect(column).toEqual([z, y, x].map((part) => expect.closeTo(part, 9)));
});
