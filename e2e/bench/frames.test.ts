import { expect, test } from 'vitest';
import { IDENTITY } from '../../src/core/quaternion';
import type { Zyx } from '../../src/core/vec';
import { framesOf, type Step } from './frames';

const zyxOf = (step: number): Zyx => [1, 2, step];
const steps: Step[] = [0, 1, 2, 3, 4].map((step) => ({
  at: 1000 + 100 * step,
  zyx: zyxOf(step),
  nmPerPixel: 8,
}));

const picture = (step: number, doneAt: number) => {
  const view = {
    centerZyx: zyxOf(step).map((at) => at + 0.5) as unknown as Zyx,
    orientation: IDENTITY,
    nmPerPixel: 8,
    widthPixels: 10,
    heightPixels: 10,
  };
  return { views: { xy: view, zy: view, xz: view }, startedAt: doneAt - 10, doneAt };
};

test('a walk of 400 ms in which three pictures come, one of them before it, and one after', () => {
  const pictures = [
    picture(9, 990),
    picture(0, 1030),
    picture(1, 1250),
    picture(3, 1360),
    picture(4, 1420),
    picture(4, 1900),
  ];
  expect(framesOf(steps, pictures)).toEqual({
    pictures: 7.5,
    gap: 85,
    longestGap: 220,
    late: 45,
    latest: 150,
  });
});

test('a walk without any picture is one gap', () => {
  expect(framesOf(steps, [])).toMatchObject({ pictures: 0, longestGap: 400 });
});

test('pictures that go back are none of a walk', () => {
  const pictures = [picture(2, 1250), picture(1, 1350)];
  expect(() => framesOf(steps, pictures)).toThrow('older');
});
