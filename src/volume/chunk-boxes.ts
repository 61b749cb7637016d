import { type Box, boxEnd } from '../core/box';
import { allocate, type BitsArray, type BitsDtype } from '../core/dtype';
import type { Zyx } from '../core/vec';

interface Values {
  [index: number]: number | bigint;
}

function permute(
  source: Values,
  target: Values,
  shape: readonly number[],
  strides: readonly number[],
): void {
  const [width = 1, height = 1] = shape.toReversed();
  const [strideX = 0, strideY = 0] = strides.toReversed();
  let to = 0;
  const planes = (axis: number, from: number): void => {
    if (axis < shape.length - 2) {
      const stride = strides[axis] ?? 0;
      for (let at = 0; at < (shape[axis] ?? 1); at++) planes(axis + 1, from + at * stride);
      return;
    }
    for (let y = 0; y < height; y++) {
      let voxel = from + y * strideY;
      for (let x = 0; x < width; x++, voxel += strideX) target[to++] = source[voxel] ?? 0;
    }
  };
  planes(0, 0);
}

/** Whether an array with these strides lies in C order. */
const isOrdered = (shape: readonly number[], strides: readonly number[]): boolean => {
  let step = 1;
  return shape.toReversed().every((size, index) => {
    const isNext = size === 1 || strides[strides.length - 1 - index] === step;
    step *= size;
    return isNext;
  });
};

/**
 * The first elements, of this shape, of an array with these strides, in C order of the axes as given, two at least: itself
 * where it already is that.
 */
export function ordered(
  data: BitsArray,
  shape: readonly number[],
  strides: readonly number[],
): BitsArray {
  const length = shape.reduce((product, size) => product * size, 1);
  if (isOrdered(shape, strides)) return data.length === length ? data : data.slice(0, length);
  const result = allocate(bitsOf(data), length);
  permute(data, result, shape, strides);
  return result;
}

const bitsOf = ({ BYTES_PER_ELEMENT: bytes }: BitsArray): BitsDtype =>
  bytes === 1 ? 'uint8' : bytes === 2 ? 'uint16' : bytes === 4 ? 'uint32' : 'uint64';

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

/** Sets all elements of an array to these bits. */
export function fillWith(data: BitsArray, bits: number | bigint): void {
  if (data instanceof BigUint64Array) data.fill(BigInt(bits));
  else data.fill(Number(bits));
}
