import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { create } from 'webgpu';
import type { Zyx } from '../core/vec';
import { testGpu } from '../gpu/testing';
import { serpentine, serpentineVolume } from '../volume/testing/serpentine';
import { Engine } from './engine';
import type { EngineEvent, EngineStatistics } from './protocol';
import { testSurroundings } from './testing-surroundings';

const GPU_BYTES = 256e6;
const EMPTY = {
  positions: new Float32Array(),
  normals: new Float32Array(),
  indices: new Uint32Array(),
  skirtVertices: 0,
  skirtIndices: 0,
};

/** More bricks than the window has places. */
const shapeZyx: Zyx = [512, 512, 512];

let gpu: GPU;
let engine: Engine | undefined;
beforeAll(async () => {
  await testGpu();
  gpu = create([]);
});
afterEach(() => engine?.dispose());

describe('a fill of a volume larger than its budget, on the GPU', () => {
  it('goes through a serpentine of 512³ voxels to its end', async () => {
    const source = serpentine({ shapeZyx });
    const events: EngineEvent[] = [];
    engine = new Engine(
      testSurroundings({ gpu, mesher: { extract: async () => EMPTY, weld: async () => EMPTY } }),
    );
    await engine.start((event) => events.push(event), 'webgpu');
    await engine.setBudgets({ gpuBytes: GPU_BYTES, memoryBytes: 2 ** 28 });
    await engine.open(serpentineVolume(source));
    const result = await engine.segment(1, {
      algorithm: 'flood-fill',
      seedZyx: source.seedZyx,
      params: { low: 100, high: 255 },
    });
    expect(result).toMatchObject({ backend: 'webgpu', voxels: source.voxels, complete: true });
    const statistics = events.flatMap((event): EngineStatistics[] =>
      event.type === 'statistics' ? [event.statistics] : [],
    );
    const most = Math.max(...statistics.map(({ gpuBytes }) => gpuBytes));
    expect(most).toBeLessThanOrEqual(GPU_BYTES);
    expect(events.filter(({ type }) => type === 'trouble')).toEqual([]);
    console.log(
      `512³: ${result.voxels} voxels in ${(result.milliseconds / 1000).toFixed(1)} s, ` +
        `GPU memory at most ${(most / 2 ** 20).toFixed(0)} MiB`,
    );
    for (const part of [0, 0.31, 0.77]) {
      const originZyx = shapeZyx.map((size) => Math.floor(part * (size - 64))) as unknown as Zyx;
      const box = { originZyx, shapeZyx: [64, 64, 64] } as const;
      const { data } = await engine.readLabels(box);
      const expected = source.fillChunk(box).map((value) => (value > 0 ? 1 : 0));
      expect(Buffer.compare(Uint8Array.from(data), expected)).toBe(0);
    }
  }, 120_000);
});
