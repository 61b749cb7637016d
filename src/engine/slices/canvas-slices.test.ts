import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BRICK_VOXELS, brickKey, brickOfKey } from '../../core/brick';
import { type Bits, paintBits } from '../../core/brick-bits';
import { IDENTITY } from '../../core/quaternion';
import type { SliceView, ViewId } from '../../core/slice-geometry';
import type { Zyx } from '../../core/vec';
import { MemoryBrickPool, type MemorySlot } from '../memory-brick-pool';
import { CanvasSlices } from './canvas-slices';
import { renderReference } from './reference';
import type { SegmentBrick } from './scene';
import { CHANGES, withChange } from './testing-changes';
import { FILL_ID } from './testing-layers';
import { FINEST } from './testing-levels';
import { type RandomScene, RandomScenes } from './testing-scene';
import { RANDOM_VIEWS } from './testing-views';

const NM: Zyx = [20, 8, 8];
const slices = new CanvasSlices(2 ** 30);
const createPool = (label: string, bytesPerVoxel: number) =>
  new MemoryBrickPool(label, bytesPerVoxel, 2 ** 30);
const scenes = new RandomScenes<MemorySlot>(createPool);
/** One that no other takes the pools of. */
const fixed = new RandomScenes<MemorySlot>(createPool).make('uint8', 12, NM);

function render(viewId: ViewId, state: SliceView, scene: RandomScene<MemorySlot>['scene']) {
  const { widthPixels: width, heightPixels: height } = state;
  const data = new Uint8ClampedArray(width * height * 4);
  slices.render(viewId, state, scene, { data, width, height });
  return data;
}

/** The ids in a brick, in an array of their own. */
function idsOf(brick: SegmentBrick<MemorySlot> | undefined): Uint32Array {
  if (!brick) return new Uint32Array(BRICK_VOXELS);
  const { segment, slot } = brick;
  if (segment === undefined) return Uint32Array.from(slot.voxels);
  const ids = new Uint32Array(BRICK_VOXELS);
  paintBits(ids, slot.voxels as Bits, segment);
  return ids;
}

/** The scene with what is being filled painted over its segments, as the segmentation has it on the processor. */
function painted({ scene, filling }: RandomScene<MemorySlot>): typeof scene {
  const layers = scene.layers.map((layer) => {
    if (layer.kind !== 'segments') return layer;
    const bricks = new Map(layer.bricks.map((brick) => [brickKey(brick.brickZyx), brick]));
    for (const [key, bits] of filling) {
      const voxels = idsOf(bricks.get(key));
      paintBits(voxels, bits, FILL_ID);
      const brickZyx = brickOfKey(key);
      bricks.set(key, { slot: { voxels }, brickZyx, level: FINEST, segment: undefined });
    }
    return { ...layer, bricks: [...bricks.values()] };
  });
  return { ...scene, layers };
}

function expectTwin(viewId: ViewId, state: SliceView, drawn: RandomScene<MemorySlot>): void {
  const pixels = render(viewId, state, painted(drawn));
  const expected = renderReference(viewId, state, drawn.twin);
  const wrong = pixels.findIndex((byte, index) => byte !== expected[index]);
  const pixel = (bytes: Uint8ClampedArray) => [...bytes.subarray(wrong & ~3, (wrong & ~3) + 4)];
  expect(wrong === -1 ? 'the same' : { wrong, is: pixel(pixels), twin: pixel(expected) }).toBe(
    'the same',
  );
}

describe('a slice drawn by the processor is, to the byte, what the plain twin draws', () => {
  it.each(['uint8', 'uint16', 'int16', 'float32'] as const)(
    '%s images',
    (dtype) => {
      const property = fc.property(RANDOM_VIEWS, ({ viewId, seed, voxelSizeNm, state }) =>
        expectTwin(viewId, state, scenes.make(dtype, seed, voxelSizeNm)),
      );
      fc.assert(property, { numRuns: 8, endOnFailure: true });
    },
    60_000,
  );

  it.each(['xy', 'zy', 'xz'] as const)('%s, the whole volume and around it', (viewId) => {
    const state = {
      centerZyx: [35.513, 41.527, 65.531],
      orientation: IDENTITY,
      nmPerPixel: 10.01,
      widthPixels: 181,
      heightPixels: 201,
    } as const;
    expectTwin(viewId, state, fixed);
  });

  const state: SliceView = {
    centerZyx: [30.2, 41.37, 60.43],
    orientation: IDENTITY,
    nmPerPixel: 7.3,
    widthPixels: 133,
    heightPixels: 97,
  };
  it.each(Object.entries(CHANGES))('%s', (_, change) =>
    expectTwin('xy', state, withChange(fixed, change)),
  );

  it('outside the volume: plain background', () => {
    const made = scenes.make('uint8', 3, NM);
    // A layer on a grid of its own may reach farther.
    const { scene } = withChange(made, {
      layer: ({ bounds }) => (bounds.startZyx[0] === 0 ? {} : null),
    });
    for (const z of [-0.001, 70]) {
      const pixels = render('xy', { ...state, centerZyx: [z, 40, 60] }, scene);
      for (let i = 0; i < pixels.length; i += 4)
        expect([...pixels.subarray(i, i + 4)]).toEqual([12, 14, 17, 255]);
    }
  });

  it('values that are no number: as if not loaded', () => {
    const { scene } = scenes.make('float32', 4, NM);
    const voxels = new Float32Array(BRICK_VOXELS).fill(Number.NaN);
    const pixels = render(
      'xy',
      { ...state, nmPerPixel: 1 },
      {
        ...scene,
        layers: scene.layers.slice(0, 1).map((layer) => ({
          ...layer,
          bricks: [{ slot: { voxels }, brickZyx: [0, 0, 0], level: FINEST, segment: undefined }],
          failed: [],
        })),
      },
    );
    expect([...pixels.subarray(0, 4)]).toEqual([20, 23, 27, 255]);
  });
});
