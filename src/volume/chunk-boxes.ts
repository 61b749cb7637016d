import { type Box, boxEnd } from '../core/box';
import { allocate, type Dtype, type VoxelArray } from '../core/dtype';
import { volumeOf, type Zyx } from '../core/vec';

interface Values {
  [index: number]: number | bigint;
}

function permute(source: Values, target: Values, shapeZyx: Zyx, strideZyx: Zyx): void {
  const [depth, height, width] = shapeZyx;
  const [strideZ, strideY, strideX] = strideZyx;
  let to = 0;
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      let from = z * strideZ + y * strideY;
      for (let x = 0; x < width; x++, from += strideX) target[to++] = source[from] ?? 0;
    }
  }
}

/** The first `shapeZyx` voxels of an array with these strides, in C order z, y, x: itself where it already is that. */
export function permuteToZyx(
  data: VoxelArray,
  dtype: Dtype,
  shapeZyx: Zyx,
  strideZyx: Zyx,
): VoxelArray {
  const [, height, width] = shapeZyx;
  const length = volumeOf(shapeZyx);
  const isOrdered = strideZyx[2] === 1 && strideZyx[1] === width && strideZyx[0] === height * width;
  if (isOrdered) return data.length === length ? data : data.slice(0, length);
  const ordered = allocate(dtype, length);
  permute(data, ordered, shapeZyx, strideZyx);
  return ordered;
}

/** The chunks that a box of voxels touches, in z, y, x order of the grid. */
export function* chunksOfBox(box: Box, chunkZyx: Zyx): Generator<Zyx> {
  const range = (axis: 0 | 1 | 2): [number, number] => [
    Math.floor(box.originZyx[axis] / chunkZyx[axis]),
    Math.ceil(boxEnd(box)[axis] / chunkZyx[axis]),
  ];
  const [z0, z1] = range(0);
  const [y0, y1] = range(1);
  const [x0, x1] = range(2);
  for (let z = z0; z < z1; z++)
    for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) yield [z, y, x];
}

/** An array of `length` voxels, all of this value. */
export function filled(dtype: Dtype, length: number, value: number | bigint): VoxelArray {
  const data = allocate(dtype, length);
  if (value === 0 || value === 0n) return data;
  return data instanceof BigUint64Array
    ? data.fill(BigInt.asUintN(64, BigInt(value)))
    : data.fill(Number(value));
}
