import v8 from 'node:v8';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { randomNumbers } from '../../../core/testing/random';
import { volumeOf, type Zyx } from '../../../core/vec';
import { publishedModel } from '../../../models/testing';
import { goldenFieldOfView } from '../../../models/testing-golden';
import { hasData } from '../../../volume/testing/data';
import { hasRelaxedSimd } from '../../../wasm/module';
import { testModule } from '../../../wasm/testing';
import { serveThread } from '../../cpu/thread';
import type { FfnModel } from '../../ffn/model';
import type { FfnLayers } from '../network';
import { errorAgainstTwin, randomNetwork, randomValues, relativeError } from '../testing';
import { CpuNetwork } from './network';
import { testNetworkThreads } from './testing';
import { networkModules, startNetworkThreads } from './threads';

// Node 20 has it behind a flag; workers take over what is set here.
v8.setFlagsFromString('--experimental-wasm-relaxed-simd');

const networks: CpuNetwork[] = [];
afterEach(() => {
  for (const network of networks.splice(0)) network.dispose();
});

interface Made {
  readonly workers?: number;
  readonly isRelaxed?: boolean;
  readonly maxBatch?: number;
}

async function create(
  layers: FfnLayers,
  fieldOfViewZyx: Zyx,
  { workers = 0, isRelaxed, maxBatch = 1 }: Made = {},
): Promise<CpuNetwork> {
  const threads = await testNetworkThreads(workers, isRelaxed);
  const network = await CpuNetwork.create(threads, layers, { fieldOfViewZyx, maxBatch });
  networks.push(network);
  return network;
}

/** Random fields of view for a network. */
function fieldsOf({ fieldOfViewZyx }: CpuNetwork, fields: number, seed: number) {
  const uniform = randomNumbers(seed);
  const length = fields * volumeOf(fieldOfViewZyx);
  return [randomValues(uniform, length), randomValues(uniform, length)] as const;
}

/** Applies a network to random fields of view, and compares with the plain twin one by one. */
async function compare(layers: FfnLayers, network: CpuNetwork, fields: number, seed: number) {
  expect(await errorAgainstTwin(network, layers, fields, randomNumbers(seed))).toBeLessThan(1e-4);
}

const size = fc.integer({ min: 1, max: 8 });
const cases = fc.record({
  depth: fc.integer({ min: 1, max: 3 }),
  features: fc.oneof(fc.integer({ min: 1, max: 24 }), fc.constantFrom(32, 61, 64)),
  shape: fc.tuple(size, size, size),
  fields: fc.integer({ min: 1, max: 3 }),
  seed: fc.nat(),
});

describe('a network on the processor', () => {
  it('gives what the plain twin gives', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ depth, features, shape, fields, seed }) => {
        const layers = randomNetwork(randomNumbers(seed), depth, features);
        const network = await create(layers, shape, { maxBatch: fields });
        await compare(layers, network, fields, seed);
        await compare(layers, network, 1, seed + 1);
      }),
      { numRuns: 16 },
    );
  });

  it('does so with layers of one tap among those of three, and with these alone', async () => {
    const taps = fc.array(fc.constantFrom(1 as const, 3 as const), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(cases, taps, async ({ depth, features, shape, fields, seed }, more) => {
        const layers = randomNetwork(randomNumbers(seed), depth, features, [1, ...more]);
        const network = await create(layers, shape, { maxBatch: fields });
        await compare(layers, network, fields, seed);
      }),
      {
        numRuns: 16,
        examples: [[{ depth: 2, features: 32, shape: [7, 13, 6], fields: 2, seed: 1 }, []]],
      },
    );
    const layers = randomNetwork(randomNumbers(2), 2, 13, [1, 1, 3]);
    for (const isRelaxed of [false, true]) {
      const network = await create(layers, [7, 6, 10], { workers: 2, isRelaxed });
      await compare(layers, network, 1, 2);
    }
  });

  it.each([1, 3])('gives the same bits on %i threads', async (workers) => {
    const layers = randomNetwork(randomNumbers(3), 3, 12);
    const shape: Zyx = [11, 16, 13];
    const alone = await create(layers, shape, { maxBatch: 3 });
    const [image, seed] = fieldsOf(alone, 3, 5);
    const expected = await alone.apply(image, seed);
    const network = await create(layers, shape, { workers, maxBatch: 3 });
    expect(network.adapter).toContain(`${workers} thread`);
    for (let call = 0; call < 5; call++) expect(await network.apply(image, seed)).toEqual(expected);
  });

  it.each([5, 16])('gives it with relaxed SIMD too: %i features', async (features) => {
    expect(hasRelaxedSimd()).toBe(true);
    const layers = randomNetwork(randomNumbers(features), 2, features);
    const network = await create(layers, [7, 6, 10], { workers: 2, isRelaxed: true });
    await compare(layers, network, 1, features);
  });
});

describe.runIf(hasData('ffn-fib25'))('the published network on the processor', () => {
  let model: FfnModel;
  let golden: Awaited<ReturnType<typeof goldenFieldOfView>>;
  beforeAll(async () => {
    model = await publishedModel();
    golden = await goldenFieldOfView();
  });

  const ways = [{}, { workers: 2 }, { workers: 2, isRelaxed: true }];
  const steps = [
    ['seed', 'first'],
    ['first', 'second'],
  ] as const;
  it.each(ways.flatMap((made) => steps.map(([from, to]) => ({ made, from, to }))))(
    'leads from $from to $to in the golden field of view: $made',
    async ({ made, from, to }) => {
      const network = await create(model, model.fieldOfViewZyx, made);
      const logits = await network.apply(golden.image, golden[from]);
      expect(relativeError(logits, golden[to])).toBeLessThan(1e-5);
    },
  );
});

describe('calls of a network on the processor', () => {
  const layers = randomNetwork(randomNumbers(1), 2, 8);
  const shape: Zyx = [24, 24, 24];

  it.each([0, 2])('queue up, and may be cancelled each: %i workers', async (workers) => {
    const network = await create(layers, shape, { workers, maxBatch: 64 });
    const [image, seed] = fieldsOf(network, 1, 1);
    // Not done before the timer fires, however late that is.
    const [otherImage, otherSeed] = fieldsOf(network, 64, 2);
    const expected = await network.apply(image, seed);
    const stop = new AbortController();
    const cancelled = network.apply(otherImage, otherSeed, stop.signal);
    const early = network.apply(image, seed, AbortSignal.abort());
    const own = [image.slice(), seed.slice()] as const;
    const kept = network.apply(...own);
    for (const values of own) values.fill(Number.NaN);
    setTimeout(() => stop.abort(), 2);
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
    await expect(early).rejects.toMatchObject({ name: 'AbortError' });
    expect(await kept).toEqual(expected);
  });

  it.each([0, 2])('end with the network: %i workers', async (workers) => {
    const network = await create(layers, shape, { workers, maxBatch: 64 });
    const call = network.apply(...fieldsOf(network, 64, 1));
    const waiting = network.apply(...fieldsOf(network, 1, 1));
    setTimeout(() => network.dispose(), 5);
    for (const ended of [call, waiting])
      await expect(ended).rejects.toMatchObject({ name: 'AbortError' });
    await expect(network.apply(...fieldsOf(network, 1, 1))).rejects.toMatchObject({
      name: 'AbortError',
    });
  });

  it('let events run meanwhile where there are no workers', async () => {
    const network = await create(layers, shape, { maxBatch: 8 });
    let events = 0;
    const timer = setInterval(() => events++, 1);
    await network.apply(...fieldsOf(network, 8, 1));
    clearInterval(timer);
    expect(events).toBeGreaterThan(2);
  });

  it('fail when a worker breaks down, and so do those after it', async () => {
    let kill = () => {};
    const threads = await testNetworkThreads(3, false, (worker) => {
      kill = () => void worker.terminate();
    });
    const network = await CpuNetwork.create(threads, layers, {
      fieldOfViewZyx: shape,
      maxBatch: 64,
    });
    networks.push(network);
    const call = network.apply(...fieldsOf(network, 64, 1));
    setTimeout(kill, 5);
    await expect(call).rejects.toMatchObject({ code: 'INTERNAL' });
    const next = network.apply(...fieldsOf(network, 1, 1));
    await expect(next).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  it('take whole fields of view, as many as were said', async () => {
    const network = await create(layers, [3, 4, 5], { maxBatch: 2 });
    const floats = (length: number) => new Float32Array(length);
    for (const [image, seed] of [
      [59, 59],
      [60, 120],
      [180, 180],
    ] as const)
      await expect(network.apply(floats(image), floats(seed))).rejects.toMatchObject({
        code: 'BAD_PARAMETERS',
      });
    expect(await network.apply(floats(0), floats(0))).toHaveLength(0);
  });
});

describe('a network on the processor that cannot be', () => {
  const layers = randomNetwork(randomNumbers(1), 1, 4);

  it.each([
    [{ ...layers, depth: 2 }, [3, 3, 3], 1],
    [layers, [3, 0, 3], 1],
    [layers, [3, 1.5, 3], 1],
    [layers, [3, 3, 2 ** 33], 1],
    [layers, [3, 3, 3], 0],
    [layers, [3, 3, 3], 2 ** 32 + 1],
  ] as const)('is refused: case %#', async (refused, shape, maxBatch) => {
    await expect(create(refused, shape, { maxBatch })).rejects.toMatchObject({
      code: 'BAD_PARAMETERS',
    });
  });

  it('is refused where it needs too much memory', async () => {
    await expect(create(layers, [1024, 1024, 1024], { maxBatch: 4096 })).rejects.toMatchObject({
      code: 'BUDGET_EXCEEDED',
    });
  });

  it('is refused where the memory does not grow', async () => {
    const threads = await testNetworkThreads(0);
    threads.arena.memory.grow = () => {
      throw new RangeError('no more');
    };
    const options = { fieldOfViewZyx: [33, 33, 33], maxBatch: 1 } as const;
    await expect(CpuNetwork.create(threads, layers, options)).rejects.toMatchObject({
      code: 'BUDGET_EXCEEDED',
    });
  });

  const modules = networkModules(hasRelaxedSimd());
  it.each([modules.alone, modules.together])(
    'is refused where the module %s cannot be had',
    async (missing) => {
      let ended = 0;
      const started = startNetworkThreads({
        count: 2,
        compile: async (name) => {
          if (name === missing) throw new Error('not there');
          return testModule(name);
        },
        startWorker: (port) => {
          if (missing === modules.alone) throw new Error('no workers here');
          serveThread(port);
          return { broken: new Promise<never>(() => {}), terminate: () => void ended++ };
        },
      }).then(() => 'started');
      await expect(started).rejects.toThrow('not there');
      expect(ended).toBe(missing === modules.alone ? 0 : 2);
    },
  );
});
