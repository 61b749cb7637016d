import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { create } from 'webgpu';
import { MemoryDisk } from '../core/testing/memory-disk';
import type { Zyx } from '../core/vec';
import { testGpu } from '../gpu/testing';
import { serpentine, serpentineVolume } from '../volume/testing/serpentine';
import { Engine } from './engine';
import type { EngineEvent, EngineStatistics } from './protocol';
import { noSurfaces } from './testing-no-surfaces';
import { testSurroundings } from './testing-surroundings';

const GPU_BYTES = 256e6;
const MEMORY_BYTES = 2 ** 28;

/** More bricks than the window has places. FLOODLIGHT_LONG adds 1.1 and 8.6 Gvoxel, which take a graphics card in software two minutes. */
const EDGES = process.env.FLOODLIGHT_LONG ? [512, 1024, 2048] : [512];
const TIMEOUT_MILLISECONDS = process.env.FLOODLIGHT_LONG ? 3_600_000 : 120_000;

let gpu: GPU;
let engine: Engine | undefined;
beforeAll(async () => {
  await testGpu();
  gpu = create([]);
});
afterEach(() => engine?.dispose());

describe('a fill of a volume larger than its budget, on the GPU', () => {
  it.each(EDGES)(
    'goes through a serpentine of %i³ voxels to its end',
    async (edge) => {
      const shapeZyx: Zyx = [edge, edge, edge];
      const source = serpentine({ shapeZyx });
      const disk = new MemoryDisk();
      const events: EngineEvent[] = [];
      engine = new Engine(
        testSurroundings({
          gpu,
          mesher: noSurfaces,
          openSpillFile: async () => disk.open('spilled'),
        }),
      );
      await engine.start((event) => events.push(event), 'webgpu');
      await engine.setBudgets({ gpuBytes: GPU_BYTES, memoryBytes: MEMORY_BYTES });
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
      const mostMemory = Math.max(...statistics.map(({ memoryBytes }) => memoryBytes));
      expect(mostMemory).toBeLessThanOrEqual(MEMORY_BYTES);
      expect(events.filter(({ type }) => type === 'trouble')).toEqual([]);
      console.log(
        `${edge}³: ${result.voxels} voxels in ${(result.milliseconds / 1000).toFixed(1)} s, ` +
          `GPU memory at most ${(most / 2 ** 20).toFixed(0)} MiB, memory ${(mostMemory / 2 ** 20).toFixed(0)} MiB, disk ${(disk.usedBytes / 2 ** 20).toFixed(0)} MiB`,
      );
      for (const part of [0, 0.31, 0.77]) {
        const originZyx = shapeZyx.map((size) => Math.floor(part * (size - 64))) as unknown as Zyx;
        const box = { originZyx, shapeZyx: [64, 64, 64] } as const;
        const { data } = await engine.readLabels(box);
        const expected = source.fillChunk(box).map((value) => (value > 0 ? 1 : 0));
        expect(Buffer.compare(Uint8Array.from(data), expected)).toBe(0);
      }
    },
    TIMEOUT_MILLISECONDS,
  );
});
