import { beforeEach, describe, expect, it } from 'vitest';
import { boxEnd } from '../../core/box';
import { FloodlightError } from '../../core/errors';
import { MemoryDisk } from '../../core/testing/memory-disk';
import type { Zyx } from '../../core/vec';
import { randomNetwork } from '../../models/testing-network';
import type { FfnModel } from '../../segment/ffn/model';
import { fakeNetwork, tubes } from '../../segment/ffn/testing';
import { cutBrick } from '../../segment/flood-fill/test-volumes';
import type { Precision } from '../../segment/network/network';
import type { Volume } from '../../volume/model';
import { LEAST_BUDGETS } from '../budgets';
import { Jobs } from '../jobs';
import { type CheckedFfn, checkRequest } from '../request';
import { Scheduler } from '../scheduler/scheduler';
import { Segmentation } from '../segmentation';
import type { NetworkBackend } from './networks';
import { FfnSegmenter } from './segmenter';

const SHAPE: Zyx = [70, 75, 67];
const FIELD: Zyx = [9, 9, 9];
/** A tube that goes on in other bricks than its seed's. */
const image = Uint8Array.from(tubes(SHAPE, 4), (value) => Math.round(128 + 33 * value));
const model: FfnModel = {
  ...randomNetwork(1, 2, 1),
  ...{ id: 'fake', name: 'fake', source: '', licence: '', voxelSizeNm: null },
  fieldOfViewZyx: FIELD,
  deltasZyx: [2, 2, 2],
  normalization: { mean: 128, deviation: 33 },
  padProbability: 0.05,
  moveThreshold: 0.9,
};
const request = (params: object = {}) =>
  checkRequest(
    {
      algorithm: 'ffn',
      seedZyx: [35, 37, 33],
      params: { model: 'fake', minSegmentSize: 10, ...params },
    },
    SHAPE,
  ) as CheckedFfn;

/** A volume in memory; `fail` may spoil a brick. */
const volumeOfImage = (fail: (brickZyx: Zyx) => unknown = () => undefined): Volume => {
  const info = {
    ...{ path: '', shapeZyx: SHAPE, chunkZyx: [64, 64, 64] as const },
    ...{ scaleZyx: [1, 1, 1] as const, offsetZyx: [0, 0, 0] as const },
  };
  const readBrick = async (brickZyx: Zyx) => {
    const error = fail(brickZyx);
    if (error) throw error;
    return { dtype: 'uint8', data: cutBrick(image, SHAPE, 'uint8', brickZyx) };
  };
  return {
    info: { shapeZyx: SHAPE, voxelSizeNm: [10, 10, 10], levels: [info] },
    levels: [{ info, dtype: 'uint8', readBrick }],
  } as unknown as Volume;
};

/** A backend whose networks are lost after so many applications. */
function backendOf(id: NetworkBackend['id'], applications = Number.POSITIVE_INFINITY) {
  const backend = {
    id,
    surfaceShare: 1,
    withoutF16: id === 'cpu' ? 'a fake processor has none' : null,
    isLost: false,
    disposed: 0,
    made: [] as Precision[],
    createNetwork: async (_: FfnModel, maxBatch: number, precision: Precision) => {
      backend.made.push(precision);
      const network = fakeNetwork(FIELD, maxBatch);
      let left = applications;
      return {
        ...network,
        precision,
        adapter: `fake ${id}`,
        apply: async (...fields: [Float32Array, Float32Array]) => {
          if (left-- > 0) return network.apply(...fields);
          backend.isLost = true;
          throw new FloodlightError('DEVICE_LOST', { reason: 'gone' });
        },
        dispose: () => {
          backend.disposed++;
        },
      };
    },
  };
  return backend;
}

let segmentation: Segmentation;
const jobs = new Jobs();
beforeEach(() => {
  const never = () => new Promise<never>(() => {});
  segmentation = new Segmentation(
    { workers: 1, extract: never, weld: never },
    { voxelSizeNm: [10, 10, 10], originNm: [0, 0, 0] },
    {
      onSegments: () => {},
      onHistory: () => {},
      onSurface: () => {},
      onSpilled: () => {},
      onLabels: () => {},
      onFailure: () => {},
      surfaceShare: () => 1,
    },
  );
});

function segmenterOn(...backends: ReturnType<typeof backendOf>[]) {
  const waiting = [...backends];
  return new FfnSegmenter({
    scheduler: new Scheduler(),
    backends: {
      next: async () => waiting.shift() ?? (backends.at(-1) as NetworkBackend),
      isLost: async (backend) => (backend as ReturnType<typeof backendOf>).isLost,
    },
    loadModel: async () => model,
    budgets: () => LEAST_BUDGETS,
    openSpillFile: async () => new MemoryDisk().open('spilled'),
    runFolder: async () => undefined,
    onJournalTrouble: () => {},
    onProgress: () => {},
  });
}
const run = (segmenter: FfnSegmenter, volume = volumeOfImage(), params: object = {}) =>
  jobs.run(1, (control) => segmenter.run(request(params), volume, segmentation, control));
const labels = () => segmentation.labels.readBox({ originZyx: [0, 0, 0], shapeZyx: SHAPE });

describe('a segment whose network is lost', () => {
  it('goes on on the next backend, with all that it had', async () => {
    const some = { maxSteps: 30 };
    const whole = await run(segmenterOn(backendOf('webgpu')), volumeOfImage(), some);
    const expected = labels();
    segmentation.undo();
    const [gpu, cpu] = [backendOf('webgpu', 7), backendOf('cpu')];
    const result = await run(segmenterOn(gpu, cpu), volumeOfImage(), some);
    expect(result).toMatchObject({
      ...{ steps: whole.steps, voxels: whole.voxels },
      ...{ backend: 'cpu', adapter: 'fake cpu' },
    });
    expect(labels().map((id) => (id ? 1 : 0))).toEqual(expected.map((id) => (id ? 1 : 0)));
    expect(gpu.disposed).toBe(1);
  });

  it('fails in the end where each next one is lost too, and leaves nothing', async () => {
    const lost = segmenterOn(backendOf('webgpu', 1));
    await expect(run(lost)).rejects.toMatchObject({ code: 'DEVICE_LOST' });
    expect(labels().every((id) => id === 0)).toBe(true);
    expect(lost.memoryBytes).toBe(0);
  });
});

describe('a network’s precision', () => {
  it('is what was asked for, and said; another one is another network', async () => {
    const gpu = backendOf('webgpu');
    const segmenter = segmenterOn(gpu);
    for (const precision of ['f32', 'f16', 'f16', 'f32'] as const) {
      const result = await run(segmenter, volumeOfImage(), { maxSteps: 2, precision });
      expect(result.adapter).toBe(precision === 'f16' ? 'fake webgpu, f16' : 'fake webgpu');
      segmentation.undo();
    }
    expect(gpu.made).toEqual(['f32', 'f16', 'f32']);
    expect(gpu.disposed).toBe(2);
  });

  it('is refused where there is none of it, also when the device before was lost', async () => {
    const params = { precision: 'f16' };
    const cpu = backendOf('cpu');
    for (const backends of [[cpu], [backendOf('webgpu', 3), cpu]]) {
      const refused = run(segmenterOn(...backends), volumeOfImage(), params);
      await expect(refused).rejects.toMatchObject({
        code: 'PRECISION_UNAVAILABLE',
        fields: { precision: 'f16', reason: 'a fake processor has none' },
      });
      expect(labels().every((id) => id === 0)).toBe(true);
    }
    expect(cpu.made).toEqual([]);
  });
});

describe('bricks that cannot be read', () => {
  const broken = new FloodlightError('CHUNK_FAILED', { array: 'a', chunk: 'c', reason: 'broken' });

  it('are counted, and the segment goes on without them', async () => {
    const volume = volumeOfImage((zyx) => zyx.some((at) => at > 0) && broken);
    const whole = await run(segmenterOn(backendOf('cpu')), volumeOfImage());
    expect(Math.max(...boxEnd(whole.box))).toBeGreaterThan(64);
    segmentation.undo();
    const result = await run(segmenterOn(backendOf('cpu')), volume);
    expect(result.unreadBricks).toBeGreaterThan(0);
    expect(result.complete).toBe(false);
    expect(result.voxels).toBeLessThanOrEqual(whole.voxels);
  });

  it('make nothing of a seed that lies in one', async () => {
    const nothing = run(
      segmenterOn(backendOf('cpu')),
      volumeOfImage(() => broken),
    );
    await expect(nothing).rejects.toMatchObject({ code: 'CHUNK_FAILED' });
  });
});
