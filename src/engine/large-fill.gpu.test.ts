import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { create } from 'webgpu';
import { BRICK_VOXELS } from '../core/brick';
import { BRICK_BITS_BYTES } from '../core/brick-bits';
import { IDENTITY } from '../core/quaternion';
import { MemoryDisk } from '../core/testing/memory-disk';
import type { Zyx } from '../core/vec';
import { testGpu } from '../gpu/testing';
import { serpentine, serpentineVolume } from '../volume/testing/serpentine';
import { Engine } from './engine';
import { segmentsLayer } from './layer';
import { type EngineEvent, type EngineStatistics, volumeLayer } from './protocol';
import { gpuCanvas } from './testing-canvas';
import { displayOf, VIEWS } from './testing-engine';
import { noSurfaces } from './testing-no-surfaces';
import { testSurroundings } from './testing-surroundings';

const GPU_BYTES = 256e6;
const MEMORY_BYTES = 2 ** 28;
/** Views as large as the smallest volume, at its own voxels: what is drawn of its labels is all that lies in the three planes. */
const VIEW_PIXELS = 512;
/** A brick of the image, and its labels at a bit a voxel. */
const BRICK_BYTES = BRICK_VOXELS + BRICK_BITS_BYTES;
/** With fewer, textures and tables are much of all that is taken. */
const FEW_BRICKS = 64;
const MOST_OF_BRICKS = 1.2;

/** More bricks than the window has places. FLOODLIGHT_LONG adds 1.1 and 8.6 Gvoxel, which take a graphics card in software two minutes. */
const EDGES = process.env.FLOODLIGHT_LONG ? [512, 1024, 2048] : [512];
const TIMEOUT_MILLISECONDS = process.env.FLOODLIGHT_LONG ? 3_600_000 : 120_000;

let gpu: GPU;
let engine: Engine | undefined;
beforeAll(async () => {
  await testGpu();
  vi.stubGlobal('navigator', { gpu: { getPreferredCanvasFormat: () => 'rgba8unorm' } });
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
      const info = await engine.open(serpentineVolume(source));
      engine.setDisplay(displayOf({ ...volumeLayer(info), contrast: [0, 255] }, segmentsLayer));
      for (const view of VIEWS) {
        await engine.attachView(view, gpuCanvas(VIEW_PIXELS, VIEW_PIXELS));
        engine.setView(view, {
          centerZyx: shapeZyx.map((size) => size / 2) as unknown as Zyx,
          orientation: IDENTITY,
          nmPerPixel: info.voxelSizeNm[0],
          widthPixels: VIEW_PIXELS,
          heightPixels: VIEW_PIXELS,
        });
      }
      const result = await engine.segment(1, {
        algorithm: 'flood-fill',
        seedZyx: source.seedZyx,
        params: { low: 100, high: 255 },
      });
      expect(result).toMatchObject({ backend: 'webgpu', voxels: source.voxels, complete: true });
      // All that the views cut is drawn now.
      await engine.settled();
      await engine.setBudgets({});
      const statistics = events.flatMap((event): EngineStatistics[] =>
        event.type === 'statistics' ? [event.statistics] : [],
      );
      const many = statistics.filter(({ bricks }) => bricks.resident >= FEW_BRICKS);
      expect(many.length).toBeGreaterThan(0);
      const mostOfBricks = Math.max(
        ...many.map(({ gpuBytes, bricks }) => gpuBytes / (bricks.resident * BRICK_BYTES)),
      );
      expect(mostOfBricks).toBeLessThanOrEqual(MOST_OF_BRICKS);
      const most = Math.max(...statistics.map(({ gpuBytes }) => gpuBytes));
      expect(most).toBeLessThanOrEqual(GPU_BYTES);
      const mostMemory = Math.max(...statistics.map(({ memoryBytes }) => memoryBytes));
      expect(mostMemory).toBeLessThanOrEqual(MEMORY_BYTES);
      expect(events.filter(({ type }) => type === 'trouble')).toEqual([]);
      console.log(
        `${edge}³: ${result.voxels} voxels in ${(result.milliseconds / 1000).toFixed(1)} s, ` +
          `GPU memory at most ${(most / 2 ** 20).toFixed(0)} MiB (${mostOfBricks.toFixed(2)} of image and labels), memory ${(mostMemory / 2 ** 20).toFixed(0)} MiB, disk ${(disk.usedBytes / 2 ** 20).toFixed(0)} MiB`,
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
