import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32c } from './testing/crc32c';
import { CODEC_MODULES, GuardedCodecs } from './testing/guarded';

const RUNS = { seed: 32, numRuns: 60 };

/** In the order of the kinds of `fixed_scale_offset_decode`. */
const ARRAYS = [
  ...[Uint8Array, Uint16Array, Uint32Array, BigUint64Array],
  ...[Int8Array, Int16Array, Int32Array, BigInt64Array, Float32Array, Float64Array],
];
const ELEMENT_BYTES = ARRAYS.map(({ BYTES_PER_ELEMENT }) => BYTES_PER_ELEMENT);

type Numbers = InstanceType<(typeof ARRAYS)[number]>;

const bytesOf = ({ buffer }: Numbers): Uint8Array => new Uint8Array(buffer);
const bytes = fc.uint8Array({ maxLength: 700 });

const productOf = (sizes: readonly number[]): number =>
  sizes.reduce((product, size) => product * size, 1);

/** Elements of some bytes, as many as are whole; the rest stays. */
function shuffled(plain: Uint8Array, elementBytes: number): Uint8Array {
  const count = Math.floor(plain.length / elementBytes);
  return plain.map((byte, at) => {
    if (at >= count * elementBytes) return byte;
    return plain[(at % count) * elementBytes + Math.floor(at / count)] ?? 0;
  });
}

/** By the definition: the offset of each element of the result in the source. */
function transposed(plain: Uint8Array, elementBytes: number, shape: number[], axes: number[]) {
  const strides = shape.map((_, axis) => productOf(shape.slice(axis + 1)));
  const result = new Uint8Array(plain.length);
  for (let at = 0; at < plain.length / elementBytes; at++) {
    let [rest, from] = [at, 0];
    for (const axis of axes.toReversed()) {
      const size = shape[axis] ?? 1;
      from += (rest % size) * (strides[axis] ?? 0);
      rest = Math.floor(rest / size);
    }
    const element = plain.subarray(from * elementBytes, (from + 1) * elementBytes);
    result.set(element, at * elementBytes);
  }
  return result;
}

describe.each(CODEC_MODULES)('%s', (name) => {
  const codecs = new GuardedCodecs(name);

  /** Of a function that works in place. */
  const inPlace = (called: string, input: Uint8Array, ...more: number[]) =>
    codecs.blocks([input.length], 0, (at = 0) => {
      codecs.fill(at, input);
      const result = codecs.call(called, at, ...more);
      return result < 0 ? result : input.length;
    });

  const toOther = (called: string, input: Uint8Array, ...more: number[]) =>
    codecs.blocks([input, input.length], 1, (src = 0, dst = 0) =>
      codecs.call(called, src, dst, ...more),
    );

  it('verifies and appends crc32c', () => {
    const known = new TextEncoder().encode('123456789');
    const withChecksum = Uint8Array.of(...known, 0x83, 0x92, 0x06, 0xe3);
    const append = (plain: Uint8Array) =>
      codecs.blocks([plain.length + 4], 0, (at = 0) => {
        codecs.fill(at, plain);
        return codecs.call('crc32c_append', at, plain.length);
      });
    const verify = (input: Uint8Array) =>
      codecs.blocks([input], 0, (at = 0) => codecs.call('crc32c_verify', at, input.length));
    expect(append(known)).toEqual(withChecksum);
    expect(verify(withChecksum)).toEqual(known);
    expect(verify(withChecksum.with(3, 0))).toBe('checksum');
    expect(verify(known.subarray(0, 3))).toBe('truncated');
    fc.assert(
      fc.property(bytes, (plain) => {
        const checksum = bytesOf(Uint32Array.of(crc32c(plain)));
        expect(append(plain)).toEqual(Uint8Array.of(...plain, ...checksum));
      }),
      RUNS,
    );
  });

  it('shuffles bytes there and back', () => {
    for (const elementBytes of [1, 2, 3, 4, 7, 8, 16, 255])
      fc.assert(
        fc.property(bytes, (plain) => {
          const expected = shuffled(plain, elementBytes);
          const { length } = plain;
          expect(toOther('shuffle_bytes', plain, length, elementBytes)).toEqual(expected);
          expect(toOther('unshuffle_bytes', expected, length, elementBytes)).toEqual(plain);
        }),
        RUNS,
      );
    expect(toOther('shuffle_bytes', Uint8Array.of(1), 1, 0)).toBe('argument');
  });

  it('swaps the bytes of elements', () => {
    for (const elementBytes of [2, 4, 8])
      fc.assert(
        fc.property(bytes, (plain) => {
          const whole = plain.length - (plain.length % elementBytes);
          const expected = plain.map((byte, at) =>
            at < whole
              ? (plain[at - (at % elementBytes) + elementBytes - 1 - (at % elementBytes)] ?? 0)
              : byte,
          );
          expect(inPlace('swap_bytes', plain, plain.length, elementBytes)).toEqual(expected);
        }),
        RUNS,
      );
    expect(inPlace('swap_bytes', Uint8Array.of(1, 2, 3), 3, 3)).toBe('argument');
  });

  it('sums up differences of integers, which wrap around, and undoes it', () => {
    for (const type of [Uint8Array, Uint16Array, Uint32Array])
      fc.assert(
        fc.property(fc.array(fc.nat(), { maxLength: 100 }), (numbers) => {
          const differences = type.from(numbers);
          const sums = new type(differences.length);
          differences.forEach((difference, i) => {
            sums[i] = (sums[i - 1] ?? 0) + difference;
          });
          const more = [sums.length, type.BYTES_PER_ELEMENT];
          expect(inPlace('delta_decode', bytesOf(differences), ...more)).toEqual(bytesOf(sums));
          expect(inPlace('delta_encode', bytesOf(sums), ...more)).toEqual(bytesOf(differences));
        }),
        RUNS,
      );
    const wide = BigUint64Array.of(1n, 2n ** 64n - 1n, 2n ** 40n);
    const wideSums = BigUint64Array.of(1n, 0n, 2n ** 40n);
    expect(inPlace('delta_decode', bytesOf(wide), 3, 8)).toEqual(bytesOf(wideSums));
    expect(inPlace('delta_encode', bytesOf(wideSums), 3, 8)).toEqual(bytesOf(wide));
  });

  it('sums up differences of floats one after the other', () => {
    for (const type of [Float32Array, Float64Array])
      fc.assert(
        fc.property(fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 })), (numbers) => {
          const differences = type.from(numbers);
          const sums = differences.slice();
          for (let i = 1; i < sums.length; i++) sums[i] = (sums[i - 1] ?? 0) + (sums[i] ?? 0);
          const more = [sums.length, -type.BYTES_PER_ELEMENT];
          expect(inPlace('delta_decode', bytesOf(differences), ...more)).toEqual(bytesOf(sums));
        }),
        RUNS,
      );
  });

  /** Of numbers in one array type, as another. */
  function rescaled(from: Numbers, to: (typeof ARRAYS)[number], scale: number, offset: number) {
    const kind = ARRAYS.findIndex((type) => from instanceof type);
    const outBytes = from.length * to.BYTES_PER_ELEMENT;
    const result = codecs.blocks([bytesOf(from), outBytes], 1, (src = 0, dst = 0) => {
      const count = codecs.call(
        'fixed_scale_offset_decode',
        ...[src, kind, dst, ARRAYS.indexOf(to), from.length, scale, offset],
      );
      return count < 0 ? count : outBytes;
    });
    return typeof result === 'string' ? result : new to(result.buffer as ArrayBuffer);
  }

  it('rescales numbers from every type to every other', () => {
    for (const from of ARRAYS)
      for (const to of ARRAYS) {
        const small = [1, 5, 100];
        const source =
          from === BigUint64Array || from === BigInt64Array
            ? from.from(small.map(BigInt))
            : (from as Uint8ArrayConstructor).from(small);
        const values = small.map((value) => value / 2 + 3);
        const expected =
          to === BigUint64Array || to === BigInt64Array
            ? to.from(values.map((value) => BigInt(Math.trunc(value))))
            : (to as Float64ArrayConstructor).from(values);
        expect(rescaled(source, to, 2, 3), `${from.name} to ${to.name}`).toEqual(expected);
      }
  });

  it('rescales float32 in float32, cuts off, and clamps', () => {
    const third = Math.fround(Math.fround(0.1) / Math.fround(3)) + Math.fround(0.7);
    const floats = Float32Array.of(0.1);
    expect(rescaled(floats, Float64Array, 3, 0.7)).toEqual(Float64Array.of(Math.fround(third)));
    const wild = Float64Array.of(-1e30, -1.9, 254.9, 255.9, 1e30, Number.NaN);
    expect(rescaled(wild, Uint8Array, 1, 0)).toEqual(Uint8Array.of(0, 0, 254, 255, 255, 0));
    expect(rescaled(wild, Int8Array, 1, 0)).toEqual(Int8Array.of(-128, -1, 127, 127, 127, 0));
    const wide = [-(2n ** 63n), -1n, 0n, 2n ** 63n - 1n, 2n ** 63n - 1n, 0n];
    const edges = Float64Array.of(-(2 ** 63), -1.5, -0.5, 2 ** 63, 1e30, Number.NaN);
    expect(rescaled(edges, BigInt64Array, 1, 0)).toEqual(BigInt64Array.from(wide));
    const exact = BigUint64Array.of(2n ** 64n - 1n, 2n ** 53n + 1n);
    expect(rescaled(exact, BigUint64Array, 1, 0)).toEqual(exact);
  });

  it('transposes arrays of up to 8 axes', () => {
    const shapes = fc
      .array(fc.constantFrom(1, 2, 3, 5, 17), { maxLength: 8 })
      .filter((shape) => productOf(shape) <= 6000);
    const orders = shapes.chain((shape) =>
      fc.tuple(
        fc.constant(shape),
        fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }),
      ),
    );
    const cases = [
      ...[
        [
          [70, 3, 66],
          [2, 1, 0],
        ] as const,
        [
          [64, 64, 2],
          [1, 0, 2],
        ] as const,
      ],
      ...[
        [
          [128, 64],
          [1, 0],
        ] as const,
        [
          [4, 0, 3],
          [2, 1, 0],
        ] as const,
      ],
    ];
    fc.assert(
      fc.property(orders, fc.constantFrom(...ELEMENT_BYTES), ([shape, axes], elementBytes) => {
        const count = productOf(shape);
        const plain = Uint8Array.from(
          { length: count * elementBytes },
          (_, at) => at * 97 + (at >> 8),
        );
        const lists = bytesOf(Int32Array.of(...shape, ...axes));
        const result = codecs.blocks([plain, plain.length, lists], 1, (src = 0, dst = 0, at = 0) =>
          codecs.call('transpose', src, dst, elementBytes, shape.length, at, at + 4 * shape.length),
        );
        expect(result).toEqual(transposed(plain, elementBytes, shape, axes));
      }),
      {
        ...RUNS,
        numRuns: 200,
        examples: cases.flatMap(([shape, axes]) =>
          [1, 2, 4, 8].map((bytes): [[number[], number[]], number] => [
            [[...shape], [...axes]],
            bytes,
          ]),
        ),
      },
    );
  });

  it('refuses to transpose what is no array', () => {
    const call = (elementBytes: number, rank: number, shape: number[], axes: number[]) =>
      codecs.blocks([bytesOf(Int32Array.of(...shape, ...axes))], 0, (at = 0) =>
        codecs.call('transpose', at, at, elementBytes, rank, at, at + 4 * rank),
      );
    expect(call(3, 1, [2], [0])).toBe('argument');
    expect(call(1, 2, [2, 2], [0, 0])).toBe('argument');
    expect(call(1, 2, [2, 2], [0, 2])).toBe('argument');
    expect(call(1, 1, [-1], [0])).toBe('argument');
    expect(call(8, 2, [1 << 20, 1 << 20], [1, 0])).toBe('argument');
    expect(call(1, 9, Array(9).fill(1), [...Array(9).keys()])).toBe('argument');
  });
});
