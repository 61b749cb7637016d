import { expect, test } from 'vitest';
import { type Box, boxEnd } from './box';
import { copyBox } from './copy-box';
import { allocate, bytesOf, type VoxelArray } from './dtype';
import { volumeOf, type Zyx } from './vec';

const integer = (from: number, to: number): number =>
  from + Math.floor(Math.random() * (to - from + 1));

const randomBox = (most: number): Box => ({
  originZyx: [integer(-5, 5), integer(-5, 5), integer(-5, 5)],
  shapeZyx: [integer(1, most), integer(1, most), integer(1, most)],
});

/** A box around another: flush with it along the axes that chance picks, so that rows and planes are whole in some. */
const around = ({ originZyx, shapeZyx }: Box): Box => {
  const before = originZyx.map(() => Math.max(0, integer(-3, 3)));
  const after = originZyx.map(() => Math.max(0, integer(-3, 3)));
  return {
    originZyx: originZyx.map((at, axis) => at - (before[axis] ?? 0)) as unknown as Zyx,
    shapeZyx: shapeZyx.map(
      (size, axis) => size + (before[axis] ?? 0) + (after[axis] ?? 0),
    ) as unknown as Zyx,
  };
};

const indexIn = ({ originZyx, shapeZyx }: Box, [z, y, x]: Zyx): number =>
  ((z - originZyx[0]) * shapeZyx[1] + y - originZyx[1]) * shapeZyx[2] + x - originZyx[2];

/** Its plain twin: one voxel after the other. */
function copyPlainly(
  source: { data: VoxelArray; box: Box },
  target: { data: VoxelArray; box: Box },
  part: Box,
): void {
  const [endZ, endY, endX] = boxEnd(part);
  for (let z = part.originZyx[0]; z < endZ; z++)
    for (let y = part.originZyx[1]; y < endY; y++)
      for (let x = part.originZyx[2]; x < endX; x++)
        target.data[indexIn(target.box, [z, y, x])] =
          source.data[indexIn(source.box, [z, y, x])] ?? 0;
}

const dtypes = ['uint8', 'uint16', 'uint32', 'uint64'] as const;

test.each(dtypes)('copies of %s are those of one voxel after the other', (dtype) => {
  for (let round = 0; round < 200; round++) {
    const part = randomBox(round % 2 === 0 ? 6 : 40);
    const [sourceBox, targetBox] = [around(part), around(part)];
    // Where one place of several in a chunk begins.
    const first = integer(0, 3);
    const whole = allocate(dtype, first + volumeOf(sourceBox.shapeZyx));
    const data = whole.subarray(first);
    const bytes = new Uint8Array(whole.buffer);
    for (let at = 0; at < bytes.length; at++) bytes[at] = integer(0, 255);
    const source = { data, box: sourceBox };
    const target = () => ({ data: allocate(dtype, volumeOf(targetBox.shapeZyx)), box: targetBox });
    const [copied, expected] = [target(), target()];
    copyBox(source, copied, part, bytesOf[dtype]);
    copyPlainly(source, expected, part);
    expect(Buffer.compare(Buffer.from(copied.data.buffer), Buffer.from(expected.data.buffer))).toBe(
      0,
    );
  }
});
