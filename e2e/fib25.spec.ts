import { createHash } from 'node:crypto';
import { unzipSync } from 'fflate';
import { Mesh } from 'three';
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';
import * as zarr from 'zarrita';
import { floodFillReference } from '../src/segment/flood-fill/reference';
import { asReadable } from '../src/volume/testing/oracle';
import { fib25Shape, readFib25 } from './fixtures/fib25';
import { dataSource, expect, test } from './fixtures/floodlight';

const voxelVolumeNm3 = 10 ** 3;

/** Three seeds at two criteria, a range and a tolerance, with all connectivities among them. */
const cases = [
  { seedZyx: [39, 248, 240], params: { low: 140, high: 255, connectivity: 6 } },
  { seedZyx: [39, 248, 240], params: { tolerance: 30, connectivity: 6 } },
  { seedZyx: [125, 125, 125], params: { low: 150, high: 255, connectivity: 26 } },
  { seedZyx: [125, 125, 125], params: { tolerance: 35, connectivity: 18 } },
  { seedZyx: [200, 60, 60], params: { low: 130, high: 255, connectivity: 18 } },
  { seedZyx: [200, 60, 60], params: { tolerance: 25, connectivity: 18 } },
] as const;

const seeds = [...new Set(cases.map(({ seedZyx }) => seedZyx.join(', ')))];
const runs = (['webgpu', 'cpu'] as const).flatMap((backend) =>
  seeds.map((seed) => ({ backend, seed })),
);

for (const { backend, seed } of runs)
  test(`fills real EM from another origin as a plain fill does, surface included: ${backend}, seed ${seed}`, async ({
    openPage,
  }) => {
    test.setTimeout(600_000);
    const image = await readFib25();
    const page = await openPage({ source: dataSource('fib25/em.zarr'), params: { backend } });
    // Some surfaces have millions of triangles, which a software renderer would draw all the while.
    await page.evaluate(() => window.floodlight.maximize('xy'));
    expect(await page.evaluate(() => window.floodlight.volume())).toMatchObject({
      shapeZyx: [250, 250, 250],
      voxelSizeNm: [10, 10, 10],
      dtype: 'uint8',
      labels: ['groundtruth', 'google_ffn', 'supervoxels'],
    });

    for (const { seedZyx, params } of cases.filter((each) => each.seedZyx.join(', ') === seed)) {
      const value = image[(seedZyx[0] * 250 + seedZyx[1]) * 250 + seedZyx[2]] ?? 0;
      const range =
        'tolerance' in params
          ? { low: value - params.tolerance, high: value + params.tolerance }
          : params;
      const expected = floodFillReference(image, fib25Shape, seedZyx, range, params.connectivity);
      expect(expected.voxels, 'a case worth its time').toBeGreaterThan(10_000);

      const { result, digest, seedLabel, volumeNm3 } = await page.evaluate(
        async ([seedZyx, params]) => {
          const { floodlight } = window;
          const result = await floodlight.segment({ algorithm: 'flood-fill', seedZyx, params });
          const { data } = await floodlight.readLabels({
            originZyx: [0, 0, 0],
            shapeZyx: floodlight.volume().shapeZyx,
          });
          const mask = Uint8Array.from(data, (id) => (id === result.id ? 1 : 0));
          const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', mask));
          const { positions, indices } = await floodlight.mesh(result.id);
          let six = 0;
          const [ax, ay, az] = positions;
          for (let i = 0; i < indices.length; i += 3) {
            const [a, b, c] = [0, 1, 2].map((corner) => {
              const at = (indices[i + corner] ?? 0) * 3;
              return [0, 1, 2].map(
                (axis) => (positions[at + axis] ?? 0) - ([ax, ay, az][axis] ?? 0),
              ) as [number, number, number];
            }) as [number, number, number][];
            if (!a || !b || !c) continue;
            six +=
              a[0] * (b[1] * c[2] - b[2] * c[1]) +
              a[1] * (b[2] * c[0] - b[0] * c[2]) +
              a[2] * (b[0] * c[1] - b[1] * c[0]);
          }
          const seedLabel = await floodlight.labelAt(seedZyx);
          // Some have millions of triangles: the next one need not wait for these to be drawn and made anew.
          await floodlight.remove(result.id);
          return {
            result,
            digest: [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
            seedLabel,
            volumeNm3: six / 6,
          };
        },
        [seedZyx, params] as const,
      );

      expect(result).toMatchObject({ backend, voxels: expected.voxels, complete: true });
      expect(seedLabel).toBe(result.id);
      expect(digest).toBe(createHash('sha256').update(expected.mask).digest('hex'));
      expect(volumeNm3 / (expected.voxels * voxelVolumeNm3)).toBeGreaterThan(0.95);
      expect(volumeNm3 / (expected.voxels * voxelVolumeNm3)).toBeLessThan(1.05);
    }
  });

test('saves labels that zarrita reads and a surface that three reads', async ({ openPage }) => {
  const page = await openPage({ source: dataSource('fib25/em.zarr') });
  const box = { originZyx: [20, 200, 190], shapeZyx: [41, 50, 60] } as const;
  const saved = await page.evaluate(async (box) => {
    const { floodlight } = window;
    const { id, voxels } = await floodlight.segment({
      algorithm: 'flood-fill',
      seedZyx: [39, 248, 240],
      params: { low: 140, high: 255 },
      box,
    });
    const base64 = async (blob: Blob) =>
      new Promise<string>((resolve, reject) => {
        const reader = new FileReader();
        reader.onerror = () => reject(reader.error);
        reader.onload = () => resolve(String(reader.result).split(',')[1] ?? '');
        reader.readAsDataURL(blob);
      });
    const mesh = await floodlight.mesh(id);
    return {
      id,
      voxels,
      labels: Array.from((await floodlight.readLabels(box)).data),
      zip: await base64(await floodlight.saveLabels()),
      glb: await base64(await floodlight.saveMesh(id, 'glb')),
      positions: Array.from(mesh.positions),
      triangles: mesh.indices.length / 3,
    };
  }, box);

  expect(saved.labels.filter((id) => id === saved.id).length).toBe(saved.voxels);
  const files = unzipSync(Buffer.from(saved.zip, 'base64'));
  const store = new Map(Object.entries(files).map(([name, bytes]) => [`/${name}`, bytes]));
  const group = await zarr.open.v3(asReadable(store), { kind: 'group' });
  expect(group.attrs).toMatchObject({ ome: { version: '0.5', 'image-label': {} } });
  const array = await zarr.open.v3(group.resolve('0'), { kind: 'array' });
  expect(array.shape).toEqual([250, 250, 250]);
  const [z, y, x] = box.originZyx;
  const [nz, ny, nx] = box.shapeZyx;
  const inside = await zarr.get(array, [
    zarr.slice(z, z + nz),
    zarr.slice(y, y + ny),
    zarr.slice(x, x + nx),
  ]);
  expect(Array.from(inside.data as Uint32Array)).toEqual(saved.labels);
  const whole = (await zarr.get(array)).data as Uint32Array;
  expect(whole.filter((id) => id !== 0).length).toBe(saved.voxels);

  const glb = Buffer.from(saved.glb, 'base64');
  const gltf = await new GLTFLoader().parseAsync(
    glb.buffer.slice(glb.byteOffset, glb.byteOffset + glb.byteLength) as ArrayBuffer,
    '',
  );
  const meshes: Mesh[] = [];
  gltf.scene.traverse((object) => {
    if (object instanceof Mesh) meshes.push(object);
  });
  expect(meshes.length).toBe(1);
  const geometry = meshes[0]?.geometry;
  expect(Array.from(geometry?.getAttribute('position').array ?? [])).toEqual(saved.positions);
  expect((geometry?.index?.count ?? 0) / 3).toBe(saved.triangles);
});
