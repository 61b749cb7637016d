import { expect, test } from 'vitest';
import { type WheelTurn, wheelSteps, wheelZoom } from './wheel';

const turn = (changes: Partial<WheelTurn>): WheelTurn => ({
  deltaX: 0,
  deltaY: 0,
  deltaMode: 0,
  shiftKey: false,
  ...changes,
});

test.each([53, 100, 120, 125])('a notch of %d pixels is one slice', (deltaY) => {
  const steps = wheelSteps();
  expect([steps(turn({ deltaY })), steps(turn({ deltaY: -deltaY }))]).toEqual([1, -1]);
});

test('notches that come in one event, lines, and shift', () => {
  const steps = wheelSteps();
  expect(steps(turn({ deltaY: 360 }))).toBe(3);
  expect(steps(turn({ deltaY: 3, deltaMode: 1 }))).toBe(1);
  expect(steps(turn({ deltaY: -100, shiftKey: true }))).toBe(-10);
  expect(steps(turn({ deltaX: 100, shiftKey: true }))).toBe(10);
  expect(steps(turn({ deltaX: 100 }))).toBe(0);
});

test('a trackpad steps with the way of the fingers, and turns around at once', () => {
  const steps = wheelSteps();
  const total = (deltaY: number, times: number) =>
    Array.from({ length: times }, () => steps(turn({ deltaY }))).reduce((sum, one) => sum + one, 0);
  expect(total(6, 40)).toBe(10);
  expect(total(6, 3)).toBe(0);
  expect(total(-6, 4)).toBe(-1);
});

test('zoom undoes itself, and no notch is more than a third', () => {
  expect(wheelZoom(turn({ deltaY: 7 })) * wheelZoom(turn({ deltaY: -7 }))).toBeCloseTo(1, 12);
  expect(wheelZoom(turn({ deltaY: 120 }))).toBeCloseTo(1.35, 2);
  expect(wheelZoom(turn({ deltaY: 3, deltaMode: 1 }))).toBeCloseTo(1.35, 2);
});
