import { describe, expect, it, vi } from 'vitest';
import { brickOfKey } from '../../core/brick';
import { abortError } from '../../core/errors';
import { scale, subtract, type Zyx } from '../../core/vec';
import { extractPatch } from '../../mesh/extract-patch';
import { isClosed, meshVolume } from '../../mesh/measure';
import { weld } from '../../mesh/weld';
import type { Mesher } from '../mesher';
import type { MeshProgress } from '../protocol';
import type { SceneCamera } from './scene-camera';
import { Surfaces } from './surfaces';
import { Ball, countingMesher, ShownPieces } from './testing';

const geometry = { voxelSizeNm: [10, 10, 10], originNm: [0, 0, 0] } as const;
const realMesher: Mesher = {
  workers: 1,
  extract: async (...args) => extractPatch(...args),
  weld: async (pieces) => weld(pieces),
};

function show(mesher: Mesher, read: Ball['read'], limits?: { bytes: number; triangles: number }) {
  const shown = new ShownPieces();
  const failures: unknown[] = [];
  const surfaces = new Surfaces(
    mesher,
    read,
    geometry,
    shown.apply,
    (error) => failures.push(error),
    () => 1,
    limits,
  );
  const settled = async (id = 1) => {
    await expect
      .poll(() => surfaces.state(id).isSettled, { timeout: 60_000, interval: 5 })
      .toBe(true);
    expect(failures).toEqual([]);
  };
  return { shown, surfaces, settled, failures };
}

/** Looks at a voxel from so many voxels away along z. */
const lookAt = (zyx: Zyx, distance: number): SceneCamera => ({
  positionNm: scale(subtract(zyx, [distance, 0, 0]), 10),
  directionZyx: [1, 0, 0],
  fieldOfViewDegrees: 30,
  widthPixels: 600,
  heightPixels: 600,
});

describe('the surface of a small segment', { timeout: 30_000 }, () => {
  it('is at full resolution from wherever, without skirts, and closed', async () => {
    const ball = new Ball([100, 100, 100], 70);
    const { shown, surfaces, settled } = show(realMesher, ball.read);
    surfaces.setCamera(lookAt([100, 100, 100], 1e6));
    surfaces.changed(1, ball.keys());
    surfaces.atRest(1);
    await settled();
    const keys = [...ball.keys()];
    expect(surfaces.state(1).piecesOfLevels).toEqual([keys.length]);
    for (const key of keys) expect(shown.levelsAt(brickOfKey(key)).length).toBeLessThanOrEqual(1);
    const mesh = await surfaces.mesh(1);
    expect(mesh).toMatchObject({ level: 0, voxelSizeNm: [10, 10, 10] });
    expect(isClosed(mesh)).toBe(true);
    expect(meshVolume(mesh) / 1000 / ((4 / 3) * Math.PI * 70 ** 3)).toBeCloseTo(1, 2);
    expect(surfaces.state(1).triangles).toBe(mesh.indices.length / 3);
  });

  it('tells how far its mesh is, and can be called off at any time', async () => {
    const ball = new Ball([200, 200, 200], 180);
    const { surfaces, settled } = show(countingMesher, ball.read);
    surfaces.changed(1, ball.keys());
    surfaces.atRest(1);
    // While pieces are made that are shown.
    const early = new AbortController();
    const called = surfaces.mesh(1, { signal: early.signal, onProgress: () => {} });
    early.abort(abortError());
    await expect(called).rejects.toMatchObject({ name: 'AbortError' });
    await settled();
    const told: MeshProgress[] = [];
    const never = new AbortController().signal;
    await surfaces.mesh(1, { signal: never, onProgress: (progress) => told.push(progress) });
    const { bricks, bricksTotal } = told.at(-1) ?? {};
    expect([bricks, told.map((each) => each.bricks)]).toEqual([
      bricksTotal,
      told.map((each) => each.bricks).toSorted((a, b) => a - b),
    ]);
    expect(bricksTotal).toBeGreaterThan(100);

    // While pieces are made for it, and while they are joined.
    for (const limitBytes of [0, 2 ** 30]) {
      const late = new AbortController();
      let welds = 0;
      const stuck: Mesher = {
        workers: 1,
        extract: countingMesher.extract,
        weld: () => {
          welds++;
          queueMicrotask(() => late.abort(abortError()));
          return new Promise(() => {});
        },
      };
      const other = show(stuck, ball.read, { bytes: limitBytes, triangles: 2 ** 24 });
      other.surfaces.changed(1, ball.keys());
      other.surfaces.atRest(1);
      const watch = {
        signal: late.signal,
        onProgress: () => limitBytes === 0 && late.abort(abortError()),
      };
      await expect(other.surfaces.mesh(1, watch)).rejects.toMatchObject({ name: 'AbortError' });
      expect(welds).toBe(limitBytes === 0 ? 0 : 1);
    }
  });

  it('is shown when its first piece is made, not after the pause that follows', async () => {
    const ball = new Ball([32, 32, 32], 20);
    const shown = new ShownPieces();
    const fail = (error: unknown) => {
      throw error;
    };
    const share = () => 1e-6;
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    try {
      const surfaces = new Surfaces(realMesher, ball.read, geometry, shown.apply, fail, share);
      surfaces.changed(1, ball.keys());
      surfaces.atRest(1);
      // No timer but that of planning, which may rest for a moment: the pause has not begun to pass.
      await expect
        .poll(() => {
          vi.advanceTimersByTime(1);
          return shown.size;
        })
        .toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('comes before what is outdated of others, which may go on growing', async () => {
    const places = [1, 2, 3, 4].map((x): Zyx => [32, 32, 64 * x + 32]);
    const balls = places.map((at) => new Ball(at, 20));
    const asked: number[] = [];
    const made: (() => void)[] = [];
    const mesher: Mesher = {
      ...countingMesher,
      extract: async (mask, brickZyx, ...others) => {
        asked.push(brickZyx[2]);
        await new Promise<void>((resolve) => made.push(resolve));
        return countingMesher.extract(mask, brickZyx, ...others);
      },
    };
    const read: Ball['read'] = (id, brickZyx) => balls[id - 1]?.read(id, brickZyx);
    const { shown, surfaces } = show(mesher, read);
    const change = (id: number) => surfaces.changed(id, balls[id - 1]?.keys() ?? []);
    change(2);
    await expect.poll(() => asked).toEqual([2]);
    made.shift()?.();
    await expect.poll(() => shown.size).toBe(1);
    // Two are made at once: the others wait.
    change(3);
    change(4);
    await expect.poll(() => asked.length).toBe(3);
    change(2);
    change(1);
    // Planning has rested.
    await new Promise((resolve) => setTimeout(resolve, 300));
    made.shift()?.();
    await expect.poll(() => asked.slice(3)).toEqual([1]);
    made.shift()?.();
    await expect.poll(() => asked.slice(3)).toEqual([1, 2]);
    for (const finish of made) finish();
  });

  it('is made once more where that fails, and left out where it fails again', async () => {
    const ball = new Ball([100, 100, 100], 70);
    let asked = 0;
    let left = 1;
    const mesher: Mesher = {
      ...countingMesher,
      extract: async (...args) => {
        asked++;
        if (left-- > 0) throw new Error('broke down');
        return countingMesher.extract(...args);
      },
    };
    const { shown, surfaces, settled, failures } = show(mesher, ball.read);
    surfaces.changed(1, ball.keys());
    surfaces.atRest(1);
    await settled();
    // Of 27 bricks, one in the middle without a face.
    expect([shown.size, asked]).toEqual([26, 28]);

    left = 2;
    surfaces.changed(1, [...ball.keys()].slice(0, 1));
    await expect.poll(() => failures.map(String)).toEqual(['Error: broke down']);
    await expect.poll(() => surfaces.state(1).isSettled).toBe(true);
    expect(shown.size).toBe(25);
  });

  it('goes with its segment', async () => {
    const ball = new Ball([100, 100, 100], 70);
    const { shown, surfaces, settled } = show(countingMesher, ball.read);
    surfaces.changed(1, ball.keys());
    surfaces.atRest(1);
    await settled();
    expect(shown.size).toBeGreaterThan(0);
    surfaces.remove(1);
    expect([shown.size, surfaces.memoryBytes]).toEqual([0, 0]);
    expect((await surfaces.mesh(1)).indices.length).toBe(0);
  });

  it('comes back by the edit that took it away, without a look at its voxels', async () => {
    const ball = new Ball([320, 320, 320], 300);
    let reads = 0;
    const read: Ball['read'] = (id, at) => {
      reads++;
      return ball.read(id, at);
    };
    const { shown, surfaces, settled } = show(countingMesher, read);
    const keys = [...ball.keys()];
    surfaces.changed(1, keys);
    surfaces.atRest(1);
    await settled();
    const pieces = surfaces.state(1).piecesOfLevels;
    const { pyramid } = surfaces;
    const coarsest = pyramid.tree(1)?.root;
    const bits = coarsest && pyramid.bits(1, coarsest)?.slice();
    const [removal, other] = [{}, {}];
    for (const edit of [removal, other]) {
      surfaces.setAside(removal, 1);
      expect([shown.size, pyramid.at(1, [2, 2, 2]).size]).toEqual([0, 0]);
      expect(surfaces.memoryBytes).toBeGreaterThan(0);
      reads = 0;
      let readsBeforeFirst: number | undefined;
      shown.onChange = () => {
        if (shown.size > 0) readsBeforeFirst ??= reads;
      };
      surfaces.bringBack(edit, 1, keys);
      await settled();
      expect((readsBeforeFirst ?? -1) > 0).toBe(edit !== removal);
      if (edit === removal) expect(readsBeforeFirst).toBe(0);
      expect(surfaces.state(1).piecesOfLevels).toEqual(pieces);
      const root = pyramid.tree(1)?.root;
      expect(root && pyramid.bits(1, root)).toEqual(bits);
    }
    surfaces.setAside(removal, 1);
    surfaces.trimAside(() => false);
    expect(surfaces.memoryBytes).toBe(0);
  });

  it('is told again as a whole to whoever knows nothing of it', async () => {
    const ball = new Ball([300, 300, 300], 190);
    for (const bytes of [2 ** 30, 2 ** 23]) {
      const { shown, surfaces, settled } = show(countingMesher, ball.read, {
        bytes,
        triangles: 2 ** 24,
      });
      surfaces.changed(1, ball.keys());
      surfaces.atRest(1);
      await settled();
      const { size } = shown;
      const before = surfaces.state(1);
      shown.forget();
      surfaces.showAnew();
      await settled();
      expect(surfaces.state(1)).toEqual(before);
      expect(shown.size).toBe(size);
      expect(size).toBeGreaterThan(1);
    }
  });

  it('is made anew where it changed, and beside', async () => {
    let extracted = 0;
    const mesher = {
      ...countingMesher,
      extract: (...args: Parameters<Mesher['extract']>) => {
        extracted++;
        return countingMesher.extract(...args);
      },
    };
    const ball = new Ball([300, 300, 300], 190);
    const { surfaces, settled } = show(mesher, ball.read);
    surfaces.changed(1, ball.keys());
    surfaces.atRest(1);
    await settled();
    extracted = 0;
    const [first] = ball.keys();
    surfaces.changed(1, [first ?? 0]);
    await settled();
    expect(extracted).toBe(1);
    surfaces.atRest(1);
    await settled();
    expect(extracted).toBeGreaterThan(4);
    expect(extracted).toBeLessThanOrEqual(28);
  });
});

it('shows a segment through a volume of 2048³ coarse at once and fine where the camera looks, in bounded memory', async () => {
  const centre: Zyx = [1024, 1024, 1024];
  const ball = new Ball(centre, 1000);
  const keys = [...ball.keys()];
  expect(keys.length).toBeGreaterThan(17_000);
  /** Bricks through which the surface passes, some of thousands. */
  const sample = keys
    .filter((_, index) => index % 17 === 0)
    .map(brickOfKey)
    .filter((at) => ball.read(1, at)?.some((word) => ~word !== 0));
  expect(sample.length).toBeGreaterThan(100);
  /** The brick of the surface that the camera comes close to. */
  const nearest: Zyx = [0, 16, 16];
  const limits = { bytes: 2 ** 26, triangles: 400_000 };
  const { shown, surfaces, settled } = show(countingMesher, ball.read, limits);
  const isWhole = () => sample.every((at) => shown.levelsAt(at).length === 1);

  // It grows, and is soon seen.
  for (let at = 0; at < keys.length; at += 2000) {
    surfaces.changed(1, keys.slice(at, at + 2000));
    await expect.poll(() => shown.size, { timeout: 20_000, interval: 5 }).toBeGreaterThan(0);
  }
  surfaces.atRest(1);
  await settled();
  expect(isWhole()).toBe(true);
  // Without a camera: few pieces.
  const pieces = surfaces.state(1).piecesOfLevels.reduce((sum, count) => sum + count, 0);
  expect(pieces).toBeLessThanOrEqual(256);

  // From here on it is whole at every moment.
  let broken = 0;
  shown.onChange = () => {
    if (!isWhole()) broken++;
  };
  surfaces.setCamera(lookAt(centre, 8000));
  await settled();
  const [far = 0] = shown.levelsAt(nearest);
  expect(far).toBeGreaterThanOrEqual(2);
  surfaces.setCamera(lookAt([24, 1060, 1060], 120));
  await settled();
  expect(shown.levelsAt(nearest)).toEqual([0]);
  expect(shown.levelsAt([31, 16, 16])[0]).toBeGreaterThan(1);
  expect(surfaces.state(1).piecesOfLevels.length).toBeGreaterThan(2);
  surfaces.setCamera(lookAt(centre, 8000));
  await settled();
  expect(shown.levelsAt(nearest)).toEqual([far]);
  expect(broken).toBe(0);
  expect(shown.mostPieces).toBeLessThanOrEqual(4096);
  // Pieces are chosen by what they are thought to take.
  expect(shown.mostBytes).toBeLessThanOrEqual(limits.bytes * 1.25);
  expect(surfaces.memoryBytes).toBeLessThanOrEqual(limits.bytes + 2 ** 26);

  const mesh = await surfaces.mesh(1);
  expect(mesh).toMatchObject({ level: 4, voxelSizeNm: [160, 160, 160] });
  expect(mesh.indices.length / 3).toBeLessThanOrEqual(limits.triangles);
  // Two triangles a face, and a ball has one and a half times as many faces as its area has squares.
  const faces = 1.5 * 4 * Math.PI * (1000 / 16) ** 2;
  expect(mesh.indices.length / 6 / faces).toBeCloseTo(1, 1);
}, 120_000);
