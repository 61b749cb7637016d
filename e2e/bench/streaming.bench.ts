import CodecWorker from '../../src/codecs/codec.worker?worker&inline';
import { installCodecs } from '../../src/codecs/install';
import { CodecPool } from '../../src/codecs/pool';
import type { Box } from '../../src/core/box';
import type { VoxelArray } from '../../src/core/dtype';
import type { Zyx } from '../../src/core/vec';
import type { BackendId } from '../../src/engine/protocol';
import type { LevelReader } from '../../src/volume/model';
import { openVolume } from '../../src/volume/open-volume';
import { serpentine } from '../../src/volume/testing/serpentine';
import { compileModule } from '../../src/wasm/module';
import { coldUrl, showNothing } from './cold';
import { frameCases, frameUnits } from './frame-cases';
import { gpuBesideBricks, watchBudgets, whenViewChanges } from './page-watch';
import { type PlainLevel, type PlainView, readPlainly } from './plain-reader';
import type { BenchCase, Contender, Suite } from './suite';

const MIB = 2 ** 20;

/** The planes of a volume through a voxel, one an axis. */
const planesThrough = (shapeZyx: Zyx, [z, y, x]: Zyx): Box[] => [
  { originZyx: [z, 0, 0], shapeZyx: [1, shapeZyx[1], shapeZyx[2]] },
  { originZyx: [0, y, 0], shapeZyx: [shapeZyx[0], 1, shapeZyx[2]] },
  { originZyx: [0, 0, x], shapeZyx: [shapeZyx[0], shapeZyx[1], 1] },
];

/** Of values one after another. */
class Digest {
  private hash = 0x811c9dc5;

  add(value: number): void {
    this.hash = Math.imul(this.hash ^ value, 0x01000193);
  }

  toString(): string {
    return (this.hash >>> 0).toString(16);
  }
}

async function digestOfPage(atZyx: Zyx): Promise<string> {
  const digest = new Digest();
  for (const box of planesThrough(window.floodlight.volume().shapeZyx, atZyx)) {
    const { data } = await window.floodlight.readImage(box);
    for (const value of data) digest.add(Number(value));
  }
  return String(digest);
}

function digestOfPlain(shapeZyx: Zyx, atZyx: Zyx, view: PlainView): string {
  const digest = new Digest();
  for (const { originZyx, shapeZyx: size } of planesThrough(shapeZyx, atZyx))
    for (let z = 0; z < size[0]; z++)
      for (let y = 0; y < size[1]; y++)
        for (let x = 0; x < size[2]; x++)
          digest.add(view.valueAt([originZyx[0] + z, originZyx[1] + y, originZyx[2] + x]));
  return String(digest);
}

/** The three slices through the middle, whole: opened, drawn at once from what is coarse, and settled. */
function throughPage(url: string): Contender {
  let at: Zyx = [0, 0, 0];
  return {
    name: 'floodlight',
    async run() {
      await showNothing();
      const budgets = watchBudgets();
      const started = performance.now();
      await window.floodlight.open(coldUrl(url));
      await window.floodlight.settled();
      const full = performance.now() - started;
      at = window.floodlight.position();
      const { gpu, memory } = budgets.stop();
      return {
        full,
        decoded: window.floodlight.stats().decodedBytes / 1000 / full,
        'gpu of budget': 100 * gpu,
        'memory of budget': 100 * memory,
      };
    },
    answer: () => digestOfPage(at),
    rest: showNothing,
  };
}

/** The same until the view is no longer blank, apart: to look at it costs a software adapter more than a picture. */
function untilFirstPixels(url: string): Contender {
  let at: Zyx = [0, 0, 0];
  return {
    name: 'floodlight/looked at',
    async run() {
      await showNothing();
      const started = performance.now();
      const seen = whenViewChanges();
      await window.floodlight.open(coldUrl(url));
      const first = (await seen) - started;
      await window.floodlight.settled();
      at = window.floodlight.position();
      return { first };
    },
    answer: () => digestOfPage(at),
    rest: showNothing,
  };
}

/** The same reads by the page's own reader, and nothing drawn: two workers decode. */
function throughReader(url: string, at: Zyx): Contender {
  installCodecs(
    new CodecPool({
      size: 2,
      compile: () => compileModule('codecs'),
      startWorker: () => new CodecWorker({ name: 'codecs' }),
    }),
  );
  let planes: VoxelArray[] = [];
  return {
    name: 'floodlight/reader',
    async run() {
      const started = performance.now();
      const volume = await openVolume(coldUrl(url));
      const read = async ({ info, readBox }: LevelReader): Promise<VoxelArray[]> => {
        const [z, y, x] = at.map((each, axis) => Math.floor(each / (info.scaleZyx[axis] ?? 1)));
        const boxes = planesThrough(info.shapeZyx, [z ?? 0, y ?? 0, x ?? 0]);
        return Promise.all(boxes.map((box) => readBox(box)));
      };
      const coarsestFirst = volume.levels.toReversed().map(read);
      await coarsestFirst[0];
      const first = performance.now() - started;
      planes = (await Promise.all(coarsestFirst)).at(-1) ?? [];
      const full = performance.now() - started;
      return { first, full, decoded: volume.statistics.decodedBytes / 1000 / full };
    },
    async answer() {
      const digest = new Digest();
      for (const plane of planes) for (const value of plane) digest.add(Number(value));
      return String(digest);
    },
  };
}

function plainly(url: string, levels: readonly PlainLevel[], shapeZyx: Zyx, at: Zyx): Contender {
  let last: PlainView | undefined;
  return {
    name: 'zarrita+numcodecs',
    async run() {
      last = await readPlainly(coldUrl(url), levels, at);
      const { firstMilliseconds, fullMilliseconds, decodedBytes } = last;
      return {
        first: firstMilliseconds,
        full: fullMilliseconds,
        decoded: decodedBytes / 1000 / fullMilliseconds,
      };
    },
    answer: async () => (last ? digestOfPlain(shapeZyx, at, last) : ''),
  };
}

const coldView = (name: string, source: string, levels: readonly PlainLevel[]): BenchCase => ({
  name,
  source,
  async prepare(dataUrl) {
    const url = `${dataUrl}/${source}`;
    const { shapeZyx } = window.floodlight.volume();
    const at = window.floodlight.position();
    return [
      throughPage(url),
      untilFirstPixels(url),
      throughReader(url, at),
      plainly(url, levels, shapeZyx, at),
    ];
  },
});

const fib25: readonly PlainLevel[] = [
  { path: '2', version: 2 },
  { path: '1', version: 2 },
  { path: '0', version: 2 },
];
const sharded: readonly PlainLevel[] = [{ path: '', version: 3 }];

/**
 * A fill of the whole corridor from its end, under 256 MiB of GPU and as much of memory. The volume is opened anew each time: of a
 * small one all chunks would be in memory after the first run, of a large one never.
 */
function corridor(backend: BackendId, url: string, shapeZyx: Zyx): Contender {
  const { voxels, seedZyx } = serpentine({ shapeZyx });
  let filled = 0;
  return {
    name: `floodlight/${backend}`,
    async run() {
      await window.floodlight.setBackend(backend);
      await window.floodlight.setBudgets({ gpuBytes: 256 * MIB, memoryBytes: 256 * MIB });
      await window.floodlight.open(coldUrl(url));
      await window.floodlight.settled();
      const besideBricks = gpuBesideBricks();
      const budgets = watchBudgets();
      // It tells what is taken now; else that is told twice a second, and at the end, when the fill has let go of its own. On a
      // software adapter the fill takes half as long again for it (26 and 17 Mvoxel/s).
      const asking = backend === 'webgpu' && setInterval(window.floodlight.setBudgets, 200, {});
      const started = performance.now();
      const result = await window.floodlight.segment({
        algorithm: 'flood-fill',
        seedZyx,
        params: { low: 100, high: 255, connectivity: 6 },
      });
      const wall = performance.now() - started;
      if (asking) clearInterval(asking);
      const { gpu, memory, gpuOfBricks } = budgets.stop();
      filled = result.voxels;
      if (filled !== voxels) throw new Error(`It filled ${filled} of ${voxels} voxels.`);
      await window.floodlight.remove(result.id);
      return {
        wall,
        filled: filled / 1000 / wall,
        ...(backend === 'webgpu'
          ? { 'gpu of bricks': 100 * gpuOfBricks, 'gpu beside bricks': besideBricks / MIB }
          : {}),
        'gpu of budget': 100 * gpu,
        'memory of budget': 100 * memory,
      };
    },
    answer: async () => `${filled} voxels`,
  };
}

/** A software adapter takes minutes for what is larger. */
const MOST_EDGE_ON_SOFTWARE = 250;

function backendsFor(edge: number): readonly BackendId[] {
  const { adapter } = window.floodlight;
  const isFast = adapter && (!adapter.isSoftware || edge <= MOST_EDGE_ON_SOFTWARE);
  return isFast ? ['cpu', 'webgpu'] : ['cpu'];
}

function fillCase(edge: number, mostRuns?: number): BenchCase {
  const source = `serpentine-${edge}x${edge}x${edge}.zarr`;
  return {
    name: `fill ${edge}³`,
    source,
    ...(mostRuns === undefined ? {} : { mostRuns }),
    prepare: async (dataUrl) =>
      backendsFor(edge).map((backend) =>
        corridor(backend, `${dataUrl}/${source}`, [edge, edge, edge]),
      ),
  };
}

export const suite: Suite = {
  name: 'streaming',
  // first: the view is no longer blank, or the coarsest level is in memory; full: all is drawn at full resolution, or in memory.
  units: {
    first: 'ms',
    full: 'ms',
    decoded: 'MB/s',
    wall: 'ms',
    filled: 'Mvoxel/s',
    'gpu of bricks': '%',
    'gpu beside bricks': 'MiB',
    'gpu of budget': '%',
    'memory of budget': '%',
    ...frameUnits,
  },
  cases: [
    coldView('fib25, cold view, loopback', 'fib25/em.zarr', fib25),
    coldView('fib25, cold view, 30 ms', 'slow/30/fib25/em.zarr', fib25),
    coldView('512³ in shards, cold view, 30 ms', 'slow/30/sharded-fib25.zarr', sharded),
    fillCase(250),
    fillCase(512, 3),
    fillCase(1024, 3),
    fillCase(2048, 1),
    ...frameCases,
  ],
};
