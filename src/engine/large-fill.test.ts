import { afterEach, describe, expect, it } from 'vitest';
import { MemoryDisk } from '../core/testing/memory-disk';
import type { Zyx } from '../core/vec';
import { testThreads } from '../segment/cpu/testing';
import { serpentine, serpentineVolume } from '../volume/testing/serpentine';
import { Engine } from './engine';
import type { EngineEvent, EngineStatistics } from './protocol';
import { noSurfaces } from './testing-no-surfaces';
import { testSurroundings } from './testing-surroundings';

const MEBIBYTE = 2 ** 20;

/**
 * Edges of the volumes, and budgets. FLOODLIGHT_LONG adds 1.1 and 8.6 Gvoxel, which take minutes, and smaller ones again: code
 * is slow when it runs for the first time, and rates are to be compared.
 */
const CASES = [512, ...(process.env.FLOODLIGHT_LONG ? [250, 512, 1024, 2048] : [])].map((edge) => ({
  edge,
  memoryBytes: (edge < 1024 ? 128 : 256) * MEBIBYTE,
}));

let engine: Engine | undefined;
afterEach(() => engine?.dispose());

describe('a fill of a volume larger than its budget, on the processor', () => {
  it.each(CASES)(
    'goes through a serpentine of $edge³ voxels to its end',
    async ({ edge, memoryBytes }) => {
      const shapeZyx: Zyx = [edge, edge, edge];
      const source = serpentine({ shapeZyx });
      const disk = new MemoryDisk();
      const events: EngineEvent[] = [];
      engine = new Engine(
        testSurroundings({
          mesher: noSurfaces,
          startThreads: () => testThreads(2),
          openSpillFile: async () => disk.open('spilled'),
        }),
      );
      await engine.start((event) => events.push(event), 'cpu');
      await engine.setBudgets({ gpuBytes: 256 * MEBIBYTE, memoryBytes });
      await engine.open(serpentineVolume(source));
      const result = await engine.segment(1, {
        algorithm: 'flood-fill',
        seedZyx: source.seedZyx,
        params: { low: 100, high: 255 },
      });
      expect(result).toMatchObject({ voxels: source.voxels, complete: true, unreadBricks: 0 });
      const statistics = events.flatMap((event): EngineStatistics[] =>
        event.type === 'statistics' ? [event.statistics] : [],
      );
      for (const each of statistics) expect(each.memoryBytes).toBeLessThanOrEqual(memoryBytes);
      console.log(
        `${edge}³: ${result.voxels} voxels in ${(result.milliseconds / 1000).toFixed(2)} s, ` +
          `${(result.voxels / result.milliseconds / 1000).toFixed(0)} Mvoxel/s, ${result.bricks} bricks; memory at most ${Math.max(...statistics.map((s) => s.memoryBytes)) / MEBIBYTE} MiB, ` +
          `disk ${disk.usedBytes / MEBIBYTE} MiB, process ${process.memoryUsage.rss() / MEBIBYTE} MiB`,
      );
      // A look at voxels that are long out of memory's sight.
      for (const part of [0, 0.31, 0.77]) {
        const originZyx = shapeZyx.map((size) => Math.floor(part * (size - 70))) as unknown as Zyx;
        const box = { originZyx, shapeZyx: [3, 70, 70] } as const;
        const { data } = await engine.readLabels(box);
        const expected = source.fillChunk(box).map((value) => (value > 0 ? 1 : 0));
        expect(Buffer.compare(Uint8Array.from(data), expected)).toBe(0);
      }
    },
    1_800_000,
  );
});
