import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BrickKey, brickKey, brickOfKey, brickOfVoxel } from '../../core/brick';
import {
  type Bits,
  BRICK_WORDS,
  type BrickBits,
  bitOfVoxel,
  voxelOfWord,
} from '../../core/brick-bits';
import { add, floor, scale, type Zyx } from '../../core/vec';
import { halveBits } from './halve-bits';
import { LabelPyramid } from './label-pyramid';

/** The voxels of a brick's bits, as text. */
function voxelsOf(bits: Bits | undefined, brickZyx: Zyx): Set<string> {
  const found = new Set<string>();
  for (const [word, value] of (bits ?? []).entries())
    for (let bit = 0; bit < 32; bit++)
      if ((value >>> bit) & 1)
        found.add(add(add(scale(brickZyx, 64), voxelOfWord(word)), [0, 0, bit]).join());
  return found;
}

/** The plain twin: a voxel of a level is set where one of the finest level lies in it. */
function coarseVoxels(voxels: Iterable<Zyx>, level: number, brickZyx: Zyx): Set<string> {
  const found = new Set<string>();
  for (const voxel of voxels) {
    const coarse = floor(scale(voxel, 2 ** -level));
    if (brickOfVoxel(coarse).join() === brickZyx.join()) found.add(coarse.join());
  }
  return found;
}

class Voxels {
  readonly bits: BrickBits = new Map();
  reads = 0;
  readonly read = (_id: number, at: Zyx): Bits | undefined => {
    this.reads++;
    return this.bits.get(brickKey(at));
  };

  /** Sets or clears a voxel; returns its brick. */
  put(zyx: Zyx, isSet: boolean): BrickKey {
    const key = brickKey(brickOfVoxel(zyx));
    const bits = this.bits.get(key)?.slice() ?? new Uint32Array(BRICK_WORDS);
    const { word, bit } = bitOfVoxel(zyx);
    const before = bits[word] ?? 0;
    bits[word] = isSet ? before | (1 << bit) : before & ~(1 << bit);
    if (bits.some((value) => value !== 0)) this.bits.set(key, bits);
    else this.bits.delete(key);
    return key;
  }

  list(): Zyx[] {
    return [...this.bits].flatMap(([key, bits]) =>
      [...voxelsOf(bits, brickOfKey(key))].map(
        (text) => text.split(',').map(Number) as unknown as Zyx,
      ),
    );
  }
}

describe('bits at half the resolution', () => {
  it('have a voxel where any of the eight below is, wherever it lies', () => {
    const coordinate = fc.integer({ min: 0, max: 63 });
    const voxels = fc.array(fc.tuple(coordinate, coordinate, coordinate), { maxLength: 40 });
    fc.assert(
      fc.property(voxels, fc.integer({ min: 0, max: 7 }), (list, octant) => {
        const bits: Bits = new Uint32Array(BRICK_WORDS);
        for (const zyx of list) {
          const { word, bit } = bitOfVoxel(zyx);
          bits[word] = (bits[word] ?? 0) | (1 << bit);
        }
        const target: Bits = new Uint32Array(BRICK_WORDS);
        halveBits(bits, target, octant);
        const corner: Zyx = [(octant >> 2) * 32, ((octant >> 1) & 1) * 32, (octant & 1) * 32];
        const expected = list.map((zyx) => add(floor(scale(zyx, 0.5)), corner).join());
        expect(voxelsOf(target, [0, 0, 0])).toEqual(new Set(expected));
      }),
    );
  });

  it('are full where all is', () => {
    const target: Bits = new Uint32Array(BRICK_WORDS);
    for (let octant = 0; octant < 8; octant++)
      halveBits(new Uint32Array(BRICK_WORDS).fill(0xffffffff), target, octant);
    expect(target.every((word) => word === 0xffffffff)).toBe(true);
  });
});

describe('the pyramid', () => {
  it('is at each level what its plain twin says, after any changes', () => {
    const coordinate = fc.oneof(
      fc.integer({ min: 0, max: 200 }),
      fc.constantFrom(0, 63, 64, 127, 128, 511, 512, 4095),
    );
    const change = fc.record({
      voxels: fc.array(fc.tuple(coordinate, coordinate, coordinate), {
        minLength: 1,
        maxLength: 5,
      }),
      isSet: fc.boolean(),
      level: fc.integer({ min: 0, max: 7 }),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        const voxels = new Voxels();
        const pyramid = new LabelPyramid(voxels.read);
        for (const { voxels: list, isSet, level } of changes) {
          const removed = voxels.list().slice(0, 3);
          const changed = (isSet ? list : removed).map((zyx) => voxels.put(zyx as Zyx, isSet));
          pyramid.changed(7, changed);
          const present = voxels.list();
          for (const voxel of [...list, ...removed]) {
            const brickZyx = brickOfVoxel(floor(scale(voxel as Zyx, 2 ** -level)));
            const node = pyramid.tree(7)?.find(level, brickZyx);
            const bits = node && pyramid.bits(7, node);
            expect(voxelsOf(bits, brickZyx)).toEqual(coarseVoxels(present, level, brickZyx));
            expect(node?.isEmpty ?? true).toBe(bits === undefined);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('reads what changed, and nothing else', () => {
    const voxels = new Voxels();
    const keys: BrickKey[] = [];
    for (let z = 0; z < 8; z++)
      for (let y = 0; y < 8; y++)
        for (let x = 0; x < 8; x++) keys.push(voxels.put([z * 64, y * 64, x * 64], true));
    const pyramid = new LabelPyramid(voxels.read);
    pyramid.changed(1, keys);
    const root = pyramid.tree(1)?.root;
    if (!root) throw new Error('no root');
    expect(root.level).toBe(3);
    expect(voxelsOf(pyramid.bits(1, root), [0, 0, 0]).size).toBe(512);
    expect(voxels.reads).toBe(512);
    pyramid.changed(1, [voxels.put([100, 100, 100], true)]);
    expect(voxelsOf(pyramid.bits(1, root), [0, 0, 0]).size).toBe(513);
    expect(voxels.reads).toBe(513);
  });

  it('is brought up to date bit by bit', () => {
    const voxels = new Voxels();
    const keys = Array.from({ length: 300 }, (_, i) => voxels.put([i * 64, 5, 9], true));
    const pyramid = new LabelPyramid(voxels.read);
    pyramid.changed(1, keys);
    const root = pyramid.tree(1)?.root;
    if (!root) throw new Error('no root');
    let steps = 1;
    while (!pyramid.refresh(1, root, () => true)) steps++;
    expect(steps).toBeGreaterThan(10);
    expect(voxels.reads).toBe(300);
    pyramid.bits(1, root);
    expect(voxels.reads).toBe(300);
  });

  it('forgets a segment', () => {
    const voxels = new Voxels();
    const pyramid = new LabelPyramid(voxels.read);
    pyramid.changed(1, [voxels.put([0, 0, 200], true)]);
    const root = pyramid.tree(1)?.root;
    if (root) pyramid.bits(1, root);
    expect(pyramid.memoryBytes).toBeGreaterThan(0);
    pyramid.remove(1);
    expect([pyramid.tree(1), pyramid.memoryBytes]).toEqual([undefined, 0]);
  });
});
