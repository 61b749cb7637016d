import fc from 'fast-check';
import { PerspectiveCamera } from 'three';
import { OrbitControls } from 'three/addons/controls/OrbitControls.js';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { FIELD_OF_VIEW_DEGREES, lengthOf, radiusOf } from '../../core/scene-geometry';
import { subtract } from '../../core/vec';
import { listenToOrbit } from './input';
import { Orbit } from './orbit';

const WIDTH = 700;
const HEIGHT = 400;
const volume = {
  shapeZyx: [200, 300, 400],
  voxelSizeNm: [16, 8, 8],
  originNm: [0, 0, 0],
} as const;

/** A canvas, and its document too. */
class Canvas extends EventTarget {
  readonly style = {};
  readonly ownerDocument = this;
  readonly clientWidth = WIDTH;
  readonly clientHeight = HEIGHT;
  readonly getBoundingClientRect = () => ({ left: 20, top: 10, width: WIDTH, height: HEIGHT });
  readonly setPointerCapture = () => {};
  readonly releasePointerCapture = () => {};

  tell(type: string, fields: Readonly<Record<string, unknown>>): void {
    const { clientX, clientY } = fields;
    const event = new Event(type, { cancelable: true });
    this.dispatchEvent(Object.assign(event, { ...fields, pageX: clientX, pageY: clientY }));
  }
}
const elementOf = (canvas: Canvas) => canvas as unknown as HTMLElement;

/** three.js's own controls, as ours are meant. */
function controlsOf(canvas: Canvas): OrbitControls {
  const camera = new PerspectiveCamera(FIELD_OF_VIEW_DEGREES, WIDTH / HEIGHT);
  const controls = new OrbitControls(camera, elementOf(canvas));
  controls.zoomToCursor = true;
  controls.zoomSpeed = 2;
  controls.mouseButtons = { LEFT: 0, MIDDLE: 2, RIGHT: 2 };
  const radius = radiusOf(volume);
  const distance = (1.02 * radius) / Math.sin((FIELD_OF_VIEW_DEGREES / 360) * Math.PI);
  controls.minDistance = radius / 500;
  controls.maxDistance = 4 * distance;
  controls.maxTargetRadius = 1.5 * radius;
  camera.position.set(0.62, 0.5, 1).setLength(distance);
  controls.update();
  // As drawing does.
  camera.updateMatrixWorld();
  controls.addEventListener('change', () => camera.updateMatrixWorld());
  return controls;
}

const mouse = { pointerId: 1, pointerType: 'mouse', isPrimary: true };
const place = fc.record({
  clientX: fc.integer({ min: 20, max: 20 + WIDTH }),
  clientY: fc.integer({ min: 10, max: 10 + HEIGHT }),
});
type Event = readonly [type: string, fields: Readonly<Record<string, unknown>>];

const drag = fc
  .record({
    button: fc.integer({ min: 0, max: 3 }),
    shiftKey: fc.boolean(),
    ctrlKey: fc.boolean(),
    metaKey: fc.boolean(),
    way: fc.array(place, { minLength: 2, maxLength: 5 }),
  })
  .map(({ way, ...held }): Event[] => [
    ['pointerdown', { ...mouse, ...held, ...way[0] }],
    ...way.slice(1).map((at): Event => ['pointermove', { ...mouse, ...held, ...at }]),
    ['pointerup', { ...mouse, ...held, ...way.at(-1) }],
  ]);
const wheel = fc
  .record({
    at: place,
    deltaY: fc.integer({ min: -400, max: 400 }),
    deltaMode: fc.integer({ min: 0, max: 2 }),
    ctrlKey: fc.boolean(),
  })
  .map(({ at, ...turn }): Event[] => [
    ['wheel', { ...at, ...turn, deltaY: turn.deltaY / (1 + 9 * turn.deltaMode) }],
  ]);
const pinch = fc
  .record({ first: place, second: place, way: fc.array(fc.tuple(fc.boolean(), place)) })
  .filter(({ first, second }) => first.clientX !== second.clientX)
  .map(({ first, second, way }): Event[] => {
    const finger = (isSecond: boolean) => ({
      pointerId: isSecond ? 3 : 2,
      pointerType: 'touch',
      isPrimary: !isSecond,
      button: 0,
    });
    // The two stay apart: one in the left half, one in the right.
    const half = (isSecond: boolean, { clientX, clientY }: typeof first) => ({
      clientX: 20 + (clientX - 20) * 0.45 + (isSecond ? WIDTH / 2 : 0),
      clientY,
    });
    return [
      ['pointerdown', { ...finger(false), ...half(false, first) }],
      ['pointermove', { ...finger(false), ...half(false, second) }],
      ['pointerdown', { ...finger(true), ...half(true, second) }],
      ...way.map(
        ([isSecond, at]): Event => ['pointermove', { ...finger(isSecond), ...half(isSecond, at) }],
      ),
      ['pointerup', { ...finger(false), ...half(false, first) }],
      ['pointermove', { ...finger(true), ...half(true, first) }],
      ['pointerup', { ...finger(true), ...half(true, first) }],
    ];
  });

beforeAll(() => void vi.stubGlobal('window', new EventTarget()));
afterAll(() => void vi.unstubAllGlobals());

test('moves as three.js’s OrbitControls does, whatever mouse and fingers do', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(drag, wheel, pinch), { maxLength: 12 }), (gestures) => {
      const [canvas, twin] = [new Canvas(), new Canvas()];
      const orbit = new Orbit();
      orbit.frame(volume, WIDTH / HEIGHT);
      const stop = listenToOrbit(elementOf(canvas), orbit);
      const controls = controlsOf(twin);
      for (const gesture of gestures) {
        for (const [type, fields] of gesture) {
          canvas.tell(type, fields);
          twin.tell(type, fields);
        }
        const { position, target } = orbit.eye;
        const near = (value: number) => expect.closeTo(value, 5);
        const { x, y, z } = controls.object.position;
        expect(position).toEqual([z, y, x].map(near));
        expect(target).toEqual([controls.target.z, controls.target.y, controls.target.x].map(near));
      }
      stop();
      controls.dispose();
    }),
    { numRuns: 200 },
  );
});

test('looks from where it is told to, within its limits', () => {
  const orbit = new Orbit();
  const moved = vi.fn();
  orbit.onMoved = moved;
  orbit.frame(volume, 0.5);
  orbit.look({ position: [1, 2, 3], target: [0.5, 0, 0] });
  expect(orbit.eye.position).toEqual([1, 2, 3].map((at) => expect.closeTo(at)));
  expect(orbit.eye.target).toEqual([0.5, 0, 0]);
  orbit.look({ position: [1e6, 0, 0], target: [0, 0, 1000] });
  const { position, target } = orbit.eye;
  expect(lengthOf(target)).toBeCloseTo(1.5 * radiusOf(volume));
  expect(lengthOf(subtract(position, target))).toBeLessThan(100 * radiusOf(volume));
  expect(moved).toHaveBeenCalledTimes(3);
});
