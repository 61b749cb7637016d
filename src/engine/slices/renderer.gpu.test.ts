import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { BRICK_VOXELS } from '../../core/brick';
import type { SliceView, ViewId } from '../../core/slice-geometry';
import type { Zyx } from '../../core/vec';
import type { GpuContext } from '../../gpu/device';
import { testGpu } from '../../gpu/testing';
import type { DisplayState } from '../protocol';
import { SliceRenderer } from './renderer';
import type { SliceScene } from './scene';
import { expectTwin, renderPixels } from './testing-pixels';
import { DISPLAY, FILL_ID, FINEST, RandomScenes, REFERENCE_COLOURS } from './testing-scene';

const VIEWS = ['xy', 'zy', 'xz'] as const;
const NM: Zyx = [20, 8, 8];
const DTYPES = ['uint8', 'uint16', 'int16', 'float32'] as const;

let gpu: GpuContext;
let renderer: SliceRenderer;
let scenes: RandomScenes;

beforeAll(async () => {
  gpu = await testGpu();
  renderer = new SliceRenderer(gpu);
  scenes = new RandomScenes(gpu);
  renderer.setReferenceColours(REFERENCE_COLOURS);
});

describe('a slice is, pixel by pixel, what the plain twin draws', () => {
  test.each(DTYPES)(
    '%s images',
    async (dtype) => {
      // Of no round numbers: with these, whole columns of pixels have their centres on voxels' borders.
      const real = (min: number, max: number) =>
        fc
          .integer({ min: min * 1000, max: max * 1000 })
          .map((thousandths) => thousandths / 1000 + Math.PI / 1e4);
      const views = fc.record({
        viewId: fc.constantFrom<ViewId>(...VIEWS),
        seed: fc.integer(),
        voxelSizeNm: fc.constantFrom<Zyx>([8, 8, 8], [40, 8, 8], [30, 4, 7]),
        state: fc.record({
          centerZyx: fc.tuple(real(-2, 72), real(-5, 88), real(-5, 136)),
          nmPerPixel: real(1, 40),
          widthPixels: fc.integer({ min: 1, max: 120 }),
          heightPixels: fc.integer({ min: 1, max: 90 }),
        }),
      });
      const property = fc.asyncProperty(views, async ({ viewId, seed, voxelSizeNm, state }) => {
        const drawn = scenes.make(dtype, seed, voxelSizeNm);
        await expectTwin(gpu, renderer, viewId, state, drawn);
        drawn.dispose();
      });
      await fc.assert(property, { numRuns: 8, endOnFailure: true });
    },
    60_000,
  );

  test('a view of the whole volume and around it, all views', async () => {
    const drawn = scenes.make('uint8', 5, NM);
    for (const viewId of VIEWS) {
      const state = {
        centerZyx: [35.5, 41.5, 65.5],
        nmPerPixel: 10,
        widthPixels: 181,
        heightPixels: 201,
      } as const;
      await expectTwin(gpu, renderer, viewId, state, drawn);
    }
    drawn.dispose();
  });
});

describe('what is shown', () => {
  const state: SliceView = {
    centerZyx: [30.2, 41.3, 60.4],
    nmPerPixel: 7.3,
    widthPixels: 133,
    heightPixels: 97,
  };
  const changes: Record<string, Partial<DisplayState>> = {
    'no image': { imageVisible: false },
    'no segments': { labelsVisible: false },
    'no stored labels': { referenceLayer: null },
    'nothing at all': { imageVisible: false, labelsVisible: false, referenceLayer: null },
    'the running fill hidden': { hiddenIds: [FILL_ID] },
    'ids that no table holds yet': { selectedIds: [4_000_017, 1], hiddenIds: [] },
    'full opacity': { labelOpacity: 1, referenceOpacity: 1 },
    'no opacity': { labelOpacity: 0, referenceOpacity: 0 },
  };
  test.each(Object.keys(changes))('%s', async (name) => {
    const drawn = scenes.make('uint8', 11, NM);
    const display = { ...DISPLAY, ...changes[name] };
    const { scene, twin } = drawn;
    await expectTwin(gpu, renderer, 'xy', state, {
      ...drawn,
      scene: { ...scene, display },
      twin: { ...twin, display },
    });
    drawn.dispose();
  });

  test('a slice outside the volume is plain background', async () => {
    const drawn = scenes.make('uint8', 3, NM);
    for (const z of [-0.001, 70]) {
      const pixels = await renderPixels(
        gpu,
        renderer,
        'xy',
        { ...state, centerZyx: [z, 40, 60] },
        drawn.scene,
      );
      for (let i = 0; i < pixels.length; i += 4)
        expect([...pixels.subarray(i, i + 3)]).toEqual([12, 14, 17]);
    }
    drawn.dispose();
  });

  test('more bricks than the instance buffer held before', async () => {
    const drawn = scenes.make('uint8', 3, NM);
    const labels = Array.from({ length: 600 }, () => drawn.scene.labels).flat();
    await expectTwin(gpu, renderer, 'xy', state, { ...drawn, scene: { ...drawn.scene, labels } });
    drawn.dispose();
  });

  test('values that are no number are drawn as if not loaded', async () => {
    const drawn = scenes.make('float32', 3, NM);
    const [pool] = scenes.pools(4);
    const slot = pool.put('not a number', new Float32Array(BRICK_VOXELS).fill(Number.NaN));
    const scene: SliceScene = {
      ...drawn.scene,
      image: [{ ...slot, brickZyx: [0, 0, 0], level: FINEST }],
      failed: [],
      reference: [],
      labels: [],
      fills: [],
    };
    const pixels = await renderPixels(gpu, renderer, 'xy', { ...state, nmPerPixel: 1 }, scene);
    expect([...pixels.subarray(0, 4)]).toEqual([20, 23, 27, 255]);
    drawn.dispose();
  });
});
