import type { ImageArray } from '../../src/core/dtype';
import { gaussianWeights, smooth } from '../../src/normalize/gaussian';
import {
  copyOut,
  dtypeOf,
  type Kernels,
  KIND,
  type NormalizeFunction,
  place,
} from '../../src/normalize/kernels';
import { byRange, normalizeVoxels } from '../../src/normalize/linear';
import { Percentiles } from '../../src/normalize/percentiles';
import { standardDeviation, statisticsOf } from '../../src/normalize/statistics';
import { type CountValues, countPlainly, countWith } from '../../src/normalize/value-counts';
import { compileModule, instantiate } from '../../src/wasm/module';
import { emCube } from './codec-data';
import { plainNormalize, plainSmooth, plainStatistics } from './plain-normalize';
import type { BenchCase, Contender, Suite } from './suite';

/** One way to do a case's work: the result's bytes, or its numbers. */
interface Way {
  work(): void;
  answer(): ArrayBuffer | readonly number[];
}

const BRICK = 64 ** 3;
const linear = { scale: 1 / 47.3, offset: -2.71 };

async function digest(answer: ArrayBuffer | readonly number[]): Promise<string> {
  if (!(answer instanceof ArrayBuffer))
    return answer.map((value) => value.toPrecision(9)).join(' ');
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', answer));
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Works so often that a run lasts a few milliseconds. */
function contender(name: string, voxels: number, { work, answer }: Way): Contender {
  const times = Math.max(1, Math.round(2 ** 23 / voxels));
  return {
    name,
    async run() {
      const started = performance.now();
      for (let i = 0; i < times; i++) work();
      const time = (performance.now() - started) / times;
      return { rate: voxels / 1000 / time, time };
    },
    answer: () => digest(answer()),
  };
}

/** A way whose work returns its answer. */
function returning(work: () => ArrayBuffer | readonly number[]): Way {
  let last: ArrayBuffer | readonly number[] = [];
  return {
    work() {
      last = work();
    },
    answer: () => last,
  };
}

async function scalarModule(): Promise<WebAssembly.Module> {
  const url = new URL('../../wasm/built/codecs.scalar.wasm', import.meta.url);
  return WebAssembly.compile(await (await fetch(url)).arrayBuffer());
}

type Voxels = (em: Uint8Array) => ImageArray;

const normalizeCase = (
  name: string,
  voxelsOf: Voxels,
  ways: (voxels: ImageArray, simd: Kernels, scalar: Kernels, other: Kernels) => Record<string, Way>,
): BenchCase => ({
  name,
  source: null,
  async prepare(dataUrl) {
    const voxels = voxelsOf(await emCube(dataUrl));
    const module = await compileModule('codecs');
    const [simd, other] = [
      instantiate<NormalizeFunction>(module),
      instantiate<NormalizeFunction>(module),
    ];
    const scalar = instantiate<NormalizeFunction>(await scalarModule());
    return Object.entries(ways(voxels, simd, scalar, other)).map(([way, each]) =>
      contender(way, voxels.length, each),
    );
  },
});

/** Back to sixteenths of the voxels' values, by which floats are compared: their last places may differ. */
const sixteenths = (buffer: ArrayBuffer): ArrayBuffer =>
  Int32Array.from(new Float32Array(buffer), (value) =>
    Math.round(((value - linear.offset) / linear.scale) * 16),
  ).buffer;

/** As decoding uses it: the voxels lie in the module's memory, and so does the result. */
function inMemory({ call, arena }: Kernels, voxels: ImageArray): Way {
  const { length } = voxels;
  const [src, dst] = place(arena, [voxels, 4 * length]);
  const { scale, offset } = linear;
  const kind = KIND[dtypeOf(voxels)];
  return {
    work: () => void call.normalize(src, kind, dst, KIND.float32, length, scale, offset),
    answer: () => sixteenths(copyOut(arena, dst, 4 * length)),
  };
}

const linearCase = (name: string, voxelsOf: Voxels): BenchCase =>
  normalizeCase(name, voxelsOf, (voxels, simd, scalar, other) => {
    const plain = new Float32Array(voxels.length);
    const intoNew = (normalize: () => Float32Array<ArrayBuffer>): Way => {
      let last = plain;
      return {
        work() {
          last = normalize();
        },
        answer: () => sixteenths(last.buffer),
      };
    };
    return {
      'floodlight/simd-new': intoNew(() => normalizeVoxels(other, voxels, 'float32', linear)),
      'plain-js-new': intoNew(() => {
        const result = new Float32Array(voxels.length);
        plainNormalize(voxels, linear, result);
        return result;
      }),
      'floodlight/simd': inMemory(simd, voxels),
      'floodlight/scalar': inMemory(scalar, voxels),
      'plain-js': {
        work: () => plainNormalize(voxels, linear, plain),
        answer: () => sixteenths(plain.buffer),
      },
    };
  });

const percentilesCase = normalizeCase(
  'u8 128³ to u8 by percentiles',
  (em) => em,
  (voxels, simd, scalar) => {
    const linearBy = (count: CountValues) => {
      const percentiles = new Percentiles('uint8', [0.01, 0.99], 1, count);
      percentiles.add(voxels);
      const [low = 0, high = 0] = percentiles.values() ?? [];
      return byRange(low, high, 255);
    };
    const ours = (kernels: Kernels) => {
      const count = countWith(kernels);
      return returning(() => normalizeVoxels(kernels, voxels, 'uint8', linearBy(count)).buffer);
    };
    const plain = new Uint8ClampedArray(voxels.length);
    return {
      'floodlight/simd': ours(simd),
      'floodlight/scalar': ours(scalar),
      'plain-js': {
        work: () => plainNormalize(voxels, linearBy(countPlainly), plain),
        answer: () => plain.buffer,
      },
    };
  },
);

const statisticsCase = normalizeCase(
  'u8 128³ statistics',
  (em) => em,
  (voxels, simd, scalar) => {
    const ours = (kernels: Kernels) =>
      returning(() => {
        const { minimum, maximum, mean, ...rest } = statisticsOf(kernels, voxels);
        return [minimum, maximum, mean, standardDeviation({ minimum, maximum, mean, ...rest })];
      });
    return {
      'floodlight/simd': ours(simd),
      'floodlight/scalar': ours(scalar),
      'plain-js': returning(() => {
        const { minimum, maximum, sum, squares } = plainStatistics(voxels);
        const mean = sum / voxels.length;
        return [minimum, maximum, mean, Math.sqrt(squares / voxels.length - mean * mean)];
      }),
    };
  },
);

const gaussianCase = normalizeCase(
  'u8 64³ to f32 by a Gaussian of 1',
  (em) => em.slice(0, BRICK),
  (voxels, simd, scalar) => {
    const shapeZyx = [64, 64, 64] as const;
    const weights = Float32Array.from(gaussianWeights(1));
    const ours = (kernels: Kernels) =>
      returning(
        () => smooth(kernels, voxels, shapeZyx, { sigmaZyx: [1, 1, 1] }).buffer as ArrayBuffer,
      );
    return {
      'floodlight/simd': ours(simd),
      'floodlight/scalar': ours(scalar),
      'plain-js': returning(() => plainSmooth(voxels, shapeZyx, weights).buffer),
    };
  },
);

export const suite: Suite = {
  name: 'normalize',
  // To f32: from the module's memory to the module's memory, or, for plain-js, from array to array; -new: from an array to a
  // new one each time. All other cases: from an array in JavaScript's memory; ours to a new one.
  units: { rate: 'Mvoxel/s', time: 'ms' },
  cases: [
    linearCase('u8 64³ to f32', (em) => em.slice(0, BRICK)),
    linearCase('u8 128³ to f32', (em) => em),
    linearCase('u16 64³ to f32', (em) =>
      Uint16Array.from(em.subarray(0, BRICK), (value) => value * 257),
    ),
    percentilesCase,
    statisticsCase,
    gaussianCase,
  ],
};
