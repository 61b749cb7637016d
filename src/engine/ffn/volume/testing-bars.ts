import { afterEach, beforeEach, expect } from 'vitest';
import { MemoryDisk } from '../../../core/testing/memory-disk';
import { randomNumbers } from '../../../core/testing/random';
import { volumeOf, type Zyx } from '../../../core/vec';
import { fakeNetwork } from '../../../segment/ffn/testing';
import type { Files } from '../../../volume/testing/array-files';
import { putImage } from '../../../volume/testing/multiscale-files';
import { sourceOf } from '../../../volume/testing/values';
import type { Engine } from '../../engine';
import type { FillProgress, SegmentInfo, VolumeRequest } from '../../protocol';
import { FfnTestEngine, FIELD } from '../testing-ffn-engine';

/** Of the volume, at the level that fits the network. */
export const SHAPE: Zyx = [21, 22, 76];

/** Two bars along x, bright in the dark, with a little noise: what `fakeNetwork` follows. */
export const BARS: readonly (readonly [z: number, y: number])[] = [
  [6, 6],
  [14, 15],
];
const next = randomNumbers(7);
const image = Uint8Array.from({ length: volumeOf(SHAPE) }, (_, i) => {
  const [z, y] = [Math.floor(i / (22 * 76)), Math.floor(i / 76) % 22];
  const isIn = BARS.some(([barZ, barY]) => Math.hypot(z - barZ, y - barY) <= 3.2);
  return Math.round((isIn ? 150 : 98) + 8 * next());
});

/** The id of a voxel among all labels. */
export const idAt = (data: Uint32Array, z: number, y: number, x: number) =>
  data[(z * SHAPE[1] + y) * SHAPE[2] + x] ?? 0;
/** The ids along a bar's axis, where fields of view reach. */
export const idsOf = (data: Uint32Array, [z, y]: readonly [number, number]) =>
  new Set(Array.from({ length: SHAPE[2] - 8 }, (_, x) => idAt(data, z, y, x + 4)));

/** Lets so much time go by. */
export const wait = (milliseconds: number) =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The files of the bars' volume, of a finer level too or some of them cut off, if that is said. */
export async function filesOfBars(
  isFine = false,
  isCut = (_: string): boolean => false,
): Promise<Files> {
  const made: Files = new Map();
  const coarse = { shape: SHAPE, chunks: [32, 32, 64], valueAt: (at: number) => image[at] ?? 0 };
  const [sizeZ, sizeY, sizeX] = SHAPE;
  const fine = {
    ...coarse,
    shape: [2 * sizeZ, 2 * sizeY, 2 * sizeX],
    valueAt: (at: number) => {
      const [x, row] = [at % (2 * sizeX), Math.floor(at / (2 * sizeX))];
      const [y, z] = [row % (2 * sizeY), Math.floor(row / (2 * sizeY))];
      return image[((z >> 1) * sizeY + (y >> 1)) * sizeX + (x >> 1)] ?? 0;
    },
  };
  const nm = isFine ? 5 : 10;
  const levels = isFine ? [fine, coarse] : [coarse];
  await putImage(made, '', {
    ome: '0.5',
    scale: [nm, nm, nm],
    levels: levels.map((level) => ({ ...level, dtype: 'uint8' })),
  });
  for (const [key, bytes] of made) if (isCut(key)) made.set(key, bytes.subarray(0, 9));
  return made;
}

/** A tab with the two bars open and the network, and those after it, which find what it has left on its disk. */
class BarsTab {
  /** Applications of the network in this tab. */
  applications = 0;
  /** Which application fails; 0 for none. */
  failsAt = 0;
  /** What an application waits for, beside its work. */
  beforeApplication: () => Promise<unknown> = async () => {};
  readonly disk = new MemoryDisk();
  /** The number of the job that was begun last. */
  jobs = 1;
  private test = this.createEngine();

  get engine(): Engine {
    return this.test.engine;
  }

  get model(): string {
    return this.test.model;
  }

  /** Opens the bars. */
  async open(...how: Parameters<typeof filesOfBars>): Promise<void> {
    this.applications = 0;
    await this.test.startWithModel();
    await this.engine.open(sourceOf(await filesOfBars(...how)));
  }

  /** Ends, and goes on as the next tab. */
  async reopen(...how: Parameters<BarsTab['open']>): Promise<void> {
    this.engine.dispose();
    this.test = this.createEngine();
    await this.open(...how);
  }

  /** Segments the volume. */
  run(changes: Partial<VolumeRequest> = {}) {
    return this.engine.segmentVolume(++this.jobs, {
      algorithm: 'ffn',
      params: { model: this.model, minSegmentSize: 100 },
      ...changes,
    });
  }

  /** Cancels once so many objects are there; the run's promise rejects then. */
  async cancelAfter(objects: number, changes: Partial<VolumeRequest>): Promise<void> {
    this.beforeApplication = () => wait(0);
    const running = this.run(changes);
    const watch = setInterval(() => {
      if (this.segments().length >= objects) this.engine.cancel(this.jobs);
    }, 0);
    await expect(running).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    clearInterval(watch);
    this.beforeApplication = async () => {};
  }

  /** All labels of the level that fits the network. */
  async labels(): Promise<Uint32Array> {
    return (await this.engine.readLabels({ originZyx: [0, 0, 0], shapeZyx: SHAPE })).data;
  }

  /** The segments that were told of last. */
  segments(): readonly SegmentInfo[] {
    return this.test.segments();
  }

  /** All that was told of how far runs are. */
  progresses(): FillProgress[] {
    return this.test.progresses();
  }

  /** Codes of the troubles that were told of. */
  troubles() {
    return this.test.events.flatMap((event) =>
      event.type === 'trouble' ? [event.error.code] : [],
    );
  }

  private createEngine(): FfnTestEngine {
    return new FfnTestEngine({
      runFolder: async () => this.disk.folder,
      createNetwork: async (_, maxBatch) => {
        const network = fakeNetwork(FIELD, maxBatch);
        return {
          ...network,
          apply: async (field, seed) => {
            this.applications++;
            if (this.applications === this.failsAt) throw new Error('the network broke');
            await this.beforeApplication();
            return network.apply(field, seed);
          },
        };
      },
    });
  }
}

/** The tab of the test that runs: each has one of its own. */
export let tab: BarsTab;
beforeEach(async () => {
  tab = new BarsTab();
  await tab.open();
});
afterEach(() => tab.engine.dispose());
