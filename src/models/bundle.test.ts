import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mutate, Random } from '../codecs/testing/mutate';
import { isFloodlightError } from '../core/errors';
import type { ModelFile } from './model-files';
import { readModel } from './read-model';
import { plainStyle, type WrittenTensor, writeBundle, writeTable } from './testing-bundle';
import { randomNetwork, tensorsOf } from './testing-network';

const network = randomNetwork(2, 3, 12);
const tensors = tensorsOf(network);
const bookkeeping: WrittenTensor[] = [
  { name: 'global_step', shape: [], bytes: new Uint8Array(8), type: 9 },
  { name: '0.1/fraction', shape: [2], bytes: new Uint8Array(16), type: 2 },
  { name: 'seed_update/conv0_a/weights/Adam', shape: [1], bytes: new Uint8Array(4) },
];
const styles = fc.record({
  shards: fc.integer({ min: 1, max: 5 }),
  restartInterval: fc.integer({ min: 1, max: 20 }),
  entriesPerBlock: fc.integer({ min: 1, max: 20 }),
  isCompressed: fc.boolean(),
});

const without = (name: string) => tensors.filter((tensor) => tensor.name !== name);
const replaced = (name: string, changes: Partial<WrittenTensor>) =>
  tensors.map((tensor) => (tensor.name === name ? { ...tensor, ...changes } : tensor));

/** Fails unless the files make the network, or a typed error. */
async function check(files: readonly ModelFile[]): Promise<string> {
  try {
    expect((await readModel(files)).layers).toEqual(network.layers);
    return 'read';
  } catch (error) {
    if (isFloodlightError(error, 'BAD_MODEL') || isFloodlightError(error, 'FOREIGN_MODEL'))
      return error.code;
    throw error;
  }
}

describe('checkpoints of TensorFlow', () => {
  it('are read as they were written, in any number of files and blocks, compressed or not', () =>
    fc.assert(
      fc.asyncProperty(
        styles,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 4 }),
        async (style, depth, features) => {
          const written = randomNetwork(depth, features, 1 + depth);
          const files = writeBundle('a', [...tensorsOf(written), ...bookkeeping], style);
          expect(await readModel(files)).toMatchObject(written);
        },
      ),
      { numRuns: 30 },
    ));

  it.each([
    [
      'weights that are missing',
      without('seed_update/conv1_b/weights'),
      'it lacks seed_update/conv1_b/weights',
    ],
    [
      'no last layer',
      without('seed_update/conv_lom/biases'),
      'it lacks seed_update/conv_lom/biases',
    ],
    ['none of its names', bookkeeping, 'it lacks seed_update/conv0_a/weights'],
    ['a gap', without('seed_update/conv0_a/weights'), 'it lacks seed_update/conv0_a/weights'],
    [
      'a gap before the last pair',
      without('seed_update/conv1_a/weights'),
      'it has seed_update/conv1_a/biases, but lacks seed_update/conv1_a/weights',
    ],
    [
      'flat kernels',
      replaced('seed_update/conv0_a/weights', { shape: [1, 9, 3, 2, 3] }),
      'seed_update/conv0_a/weights is 1 × 9 × 3 × 2 × 3, not 3 × 3 × 3 × 2 × 3',
    ],
    [
      'integers',
      replaced('seed_update/conv0_b/biases', { type: 3 }),
      'seed_update/conv0_b/biases is int32, not float32',
    ],
    [
      'too many features',
      replaced('seed_update/conv0_a/weights', { shape: [3, 3, 3, 2, 2e9] }),
      'it has 2000000000 features, where 1 to 1024 can be',
    ],
  ])('of %s are foreign', async (_, written, what) => {
    await expect(readModel(writeBundle('a', written))).rejects.toMatchObject({
      code: 'FOREIGN_MODEL',
      fields: { model: 'a.index', what },
    });
  });

  it.each([
    [
      'a shape that its bytes are too few for',
      replaced('seed_update/conv0_a/biases', { bytes: new Uint8Array(8) }),
    ],
    ['NaN', replaced('seed_update/conv0_a/biases', { bytes: new Uint8Array(12).fill(255) })],
    [
      'a size past all numbers',
      replaced('seed_update/conv0_a/biases', { shape: [2 ** 53, 2 ** 53] }),
    ],
    [
      'more axes than there can be',
      replaced('seed_update/conv0_a/biases', { shape: Array(9).fill(1) }),
    ],
  ])('with %s are damaged', async (_, written) => {
    await expect(readModel(writeBundle('a', written))).rejects.toMatchObject({ code: 'BAD_MODEL' });
  });

  it('are the same or refused, wherever they are cut off', async () => {
    const files = writeBundle('a', tensors, { ...plainStyle, isCompressed: true });
    for (const file of files)
      for (let length = 0; length < file.bytes.length; length++) {
        const cut = { ...file, bytes: file.bytes.subarray(0, length) };
        const outcome = await check(files.map((other) => (other === file ? cut : other)));
        expect(outcome).toBe('BAD_MODEL');
      }
  });

  it('are the same or refused, whichever byte of the index is another', async () => {
    const files = writeBundle('a', tensors);
    const [index, ...others] = files;
    if (!index) throw new Error('there is no index');
    const random = new Random(12);
    const outcomes = new Set<string>();
    for (let at = 0; at < index.bytes.length; at++)
      for (let times = 0; times < 4; times++) {
        const bytes = Uint8Array.from(index.bytes);
        bytes[at] = random.below(256);
        outcomes.add(await check([{ ...index, bytes }, ...others]));
      }
    expect(outcomes).toContain('BAD_MODEL');
  });

  it('are the same or refused after thousands of other damages', async () => {
    const files = writeBundle('a', tensors, { ...plainStyle, shards: 2, isCompressed: true });
    const random = new Random(7);
    for (let times = 0; times < 5000; times++) {
      const victim = random.pick(files);
      const bytes = mutate(victim.bytes, random.pick(files).bytes, random);
      await check(files.map((file) => (file === victim ? { ...file, bytes } : file)));
    }
  }, 60_000);

  it('are refused, or as good as before, after damages that have their checksums', async () => {
    const random = new Random(9);
    const outcomes = new Set<string>();
    for (let times = 0; times < 3000; times++) {
      const victim = random.below(4);
      let blocks = 0;
      const damage = (block: number[]) =>
        blocks++ === victim
          ? [...mutate(Uint8Array.from(block), Uint8Array.from(block), random)]
          : block;
      const isCompressed = random.below(2) === 0;
      outcomes.add(
        await check(
          writeBundle('a', tensors, { ...plainStyle, entriesPerBlock: 8, isCompressed, damage }),
        ),
      );
    }
    expect([...outcomes].sort()).toEqual(['BAD_MODEL', 'FOREIGN_MODEL', 'read']);
  }, 60_000);

  /** Of one byte a character. */
  const bytes = (text: string) => [...text].map((letter) => letter.charCodeAt(0));
  const fromTable = (...entries: [key: number[], value: number[]][]) =>
    readModel([{ name: 'a.index', bytes: writeTable(entries, plainStyle) }]);

  it.each([
    ['none of its data files', [8, 0], 'its index claims 0 data files'],
    [
      'more data files than can be',
      [8, 255, 255, 255, 255, 15],
      'its index claims 4294967295 data files',
    ],
    ['big-endian bytes', [8, 1, 16, 1], 'it was written on a big-endian machine'],
    ['a group', [11], 'a record of it has the unknown type 3'],
    ['a number that does not end', Array(20).fill(255), 'a number in it does not end'],
    [
      'bytes where a number should be',
      [10, 0],
      'a record of it has bytes where a number should be',
    ],
  ])('whose header has %s are refused', async (_, header: number[], reason) => {
    await expect(fromTable([[], header])).rejects.toMatchObject({ fields: { reason } });
  });

  it('whose keys or blocks claim more than there is are refused', async () => {
    await expect(fromTable([bytes('a'), []])).rejects.toThrow('lacks the header');
    await expect(fromTable([[], [8, 1]], [Array(2000).fill(97), []])).rejects.toThrow(
      'longer than',
    );
    await expect(fromTable([bytes('a'), []], [bytes('a'), []])).rejects.toThrow('twice');
  });
});
