import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { BRICK_VOXELS, bricksOfBox } from '../../core/brick';
import { IDENTITY } from '../../core/quaternion';
import { boundsOfShape, planeOf, planeToVoxel, type SliceView } from '../../core/slice-geometry';
import { ORIENTATIONS } from '../../core/testing/orientations';
import type { Zyx } from '../../core/vec';
import { BrickPool, type BrickSlot } from '../../gpu/brick-pool';
import type { GpuContext } from '../../gpu/device';
import { GpuMemory } from '../../gpu/memory';
import { testGpu } from '../../gpu/testing';
import { SliceRenderer } from './renderer';
import type { SceneLayer } from './scene';
import { CHANGES, withChange } from './testing-changes';
import { FILL_ID } from './testing-layers';
import { FINEST } from './testing-levels';
import { expectTwin, renderPixels } from './testing-pixels';
import { RandomScenes } from './testing-scene';
import { RANDOM_VIEWS } from './testing-views';

const NM: Zyx = [20, 8, 8];
const DTYPES = ['uint8', 'uint16', 'int16', 'float32'] as const;

let gpu: GpuContext;
let renderer: SliceRenderer;
let scenes: RandomScenes<BrickSlot>;

beforeAll(async () => {
  gpu = await testGpu();
  const memory = new GpuMemory(gpu.device, 512 * 2 ** 20);
  renderer = new SliceRenderer(memory);
  scenes = new RandomScenes((label, bytesPerVoxel) => new BrickPool(memory, label, bytesPerVoxel));
});

describe('a slice is, pixel by pixel, what the plain twin draws', () => {
  test.each(DTYPES)(
    '%s images',
    async (dtype) => {
      const property = fc.asyncProperty(
        RANDOM_VIEWS,
        async ({ viewId, seed, voxelSizeNm, state }) => {
          const drawn = scenes.make(dtype, seed, voxelSizeNm);
          await expectTwin(gpu, renderer, viewId, state, drawn);
        },
      );
      await fc.assert(property, { numRuns: 8, endOnFailure: true });
    },
    60_000,
  );

  test('a view of the whole volume and around it, all views', async () => {
    const drawn = scenes.make('uint8', 5, NM);
    for (const viewId of ['xy', 'zy', 'xz'] as const) {
      const state = {
        centerZyx: [35.5, 41.5, 65.5],
        orientation: IDENTITY,
        nmPerPixel: 10,
        widthPixels: 181,
        heightPixels: 201,
      } as const;
      await expectTwin(gpu, renderer, viewId, state, drawn);
    }
  });
});

test('bricks meet without holes, of whatever plane', async () => {
  const [pool] = scenes.pools(1);
  const slot = pool.put('white', new Uint8Array(BRICK_VOXELS).fill(255));
  const shapeZyx: Zyx = [256, 200, 256];
  const level = { ...FINEST, shapeZyx };
  const bounds = boundsOfShape(shapeZyx);
  const bricks = [...bricksOfBox({ originZyx: [0, 0, 0], shapeZyx })].map((brickZyx) => ({
    slot,
    brickZyx,
    level,
  }));
  const image: SceneLayer<BrickSlot> = {
    kind: 'image',
    dtype: 'uint8',
    bounds,
    bricks,
    failed: [],
    opacity: 1,
    blending: 'normal',
    contrast: [0, 255],
    colourMap: 'grey',
  };
  const scene = {
    volumeShapeZyx: shapeZyx,
    voxelSizeNm: NM,
    layers: [image],
    selectedIds: [],
    hiddenIds: [],
    fills: [],
  };
  const size = { widthPixels: 401, heightPixels: 300 };
  const property = fc.asyncProperty(
    ORIENTATIONS,
    fc.constantFrom(4, 8, 7.3),
    fc.tuple(fc.integer({ min: 60, max: 190 }), fc.integer({ min: 60, max: 140 })),
    async (orientation, nmPerPixel, [z, y]) => {
      const view = { centerZyx: [z, y, z] as Zyx, orientation, nmPerPixel, ...size };
      const pixels = await renderPixels(gpu, renderer, 'xz', view, scene);
      const plane = planeOf('xz', view, NM);
      const holes = Array.from({ length: pixels.length / 4 }, (_, at) => at).filter((at) => {
        const [x, y] = [at % size.widthPixels, Math.floor(at / size.widthPixels)];
        const voxel = planeToVoxel(plane, x + 0.5, y + 0.5);
        const isInside = voxel.every(
          (one, axis) => one > 0.01 && one < (shapeZyx[axis] ?? 0) - 0.01,
        );
        return isInside && pixels[4 * at] !== 255;
      });
      expect(holes).toEqual([]);
    },
  );
  await fc.assert(property, { numRuns: 12 });
}, 60_000);

describe('what is shown', () => {
  const state: SliceView = {
    centerZyx: [30.2, 41.3, 60.4],
    orientation: IDENTITY,
    nmPerPixel: 7.3,
    widthPixels: 133,
    heightPixels: 97,
  };
  const changes = { ...CHANGES, 'the running fill hidden': { hiddenIds: [FILL_ID] } };
  test.each(Object.entries(changes))('%s', async (_, change) => {
    const drawn = withChange(scenes.make('uint8', 12, NM), change);
    await expectTwin(gpu, renderer, 'xy', state, drawn);
  });

  test('a slice outside the volume is plain background', async () => {
    const made = scenes.make('uint8', 3, NM);
    // A layer on a grid of its own may reach farther.
    const { scene } = withChange(made, {
      layer: ({ bounds }) => (bounds.startZyx[0] === 0 ? {} : null),
    });
    for (const z of [-0.001, 70]) {
      const outside = { ...state, centerZyx: [z, 40, 60] } as const;
      const pixels = await renderPixels(gpu, renderer, 'xy', outside, { ...scene, fills: [] });
      for (let i = 0; i < pixels.length; i += 4)
        expect([...pixels.subarray(i, i + 3)]).toEqual([12, 14, 17]);
    }
  });

  test('more bricks than the instance buffer held before', async () => {
    const drawn = scenes.make('uint8', 3, NM);
    const layers = drawn.scene.layers.map((layer) =>
      layer.kind === 'segments'
        ? { ...layer, bricks: Array.from({ length: 600 }, () => layer.bricks).flat() }
        : layer,
    );
    await expectTwin(gpu, renderer, 'xy', state, { ...drawn, scene: { ...drawn.scene, layers } });
  });

  test('values that are no number are drawn as if not loaded', async () => {
    const { scene } = scenes.make('float32', 4, NM);
    const [pool] = scenes.pools(4);
    const slot = pool.put('not a number', new Float32Array(BRICK_VOXELS).fill(Number.NaN));
    const pixels = await renderPixels(
      gpu,
      renderer,
      'xy',
      { ...state, nmPerPixel: 1 },
      {
        ...scene,
        layers: scene.layers.slice(0, 1).map((layer) => ({
          ...layer,
          bricks: [{ slot, brickZyx: [0, 0, 0], level: FINEST, segment: undefined }],
          failed: [],
        })),
        fills: [],
      },
    );
    expect([...pixels.subarray(0, 4)]).toEqual([20, 23, 27, 255]);
  });
});
