import { Mesh, type MeshStandardMaterial, Vector3 } from 'three';
import { GLTFLoader } from 'three/examples/jsm/loaders/GLTFLoader.js';
import { describe, expect, it } from 'vitest';
import { makeVolume, meshOf } from '../mesh/test-volumes';
import { exportGlb } from './glb';

const geometry = { voxelSizeNm: [16, 8, 4], originNm: [1000, 2000, 3000] } as const;
const surface = () =>
  meshOf(
    makeVolume([20, 20, 70], (z, y, x) => (z - 10) ** 2 + (y - 9) ** 2 < 30 + x / 10),
    geometry,
  );

describe('exportGlb', () => {
  it('is read back by three with the same arrays, scaled to micrometres', async () => {
    const mesh = surface();
    const blob = await exportGlb(mesh, { name: 'Segment 3 µ', colour: [255, 128, 0, 255] });
    const bytes = await blob.arrayBuffer();
    const { scene, asset } = await new GLTFLoader().parseAsync(bytes, '');
    const found = scene.getObjectByProperty('isMesh', true);
    if (!(found instanceof Mesh)) throw new Error('no mesh');
    expect(found.geometry.getAttribute('position').array).toEqual(mesh.positions);
    expect(found.geometry.getAttribute('normal').array).toEqual(mesh.normals);
    expect(found.geometry.getIndex()?.array).toEqual(mesh.indices);
    expect(found.getWorldScale(new Vector3()).x).toBeCloseTo(1e-3);
    const { color } = found.material as MeshStandardMaterial;
    expect(color.getHex()).toBe(0xff8000);
    expect(asset.extras).toMatchObject({ lengthUnit: 'micrometre' });
  });

  it('states its bounds and its length', async () => {
    const mesh = surface();
    const bytes = await (
      await exportGlb(mesh, { name: 'a', colour: [1, 2, 3, 100] })
    ).arrayBuffer();
    const header = new Uint32Array(bytes, 0, 5);
    expect(header[2]).toBe(bytes.byteLength);
    const json = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 20, header[3])));
    const xs = mesh.positions.filter((_, at) => at % 3 === 0);
    expect(json.accessors[0].min[0]).toBe(Math.min(...xs));
    expect(json.accessors[0].max[0]).toBe(Math.max(...xs));
    expect(json.materials[0].alphaMode).toBe('BLEND');
  });

  it('refuses an empty surface', async () => {
    const empty = {
      positions: new Float32Array(),
      normals: new Float32Array(),
      indices: new Uint32Array(),
    };
    await expect(exportGlb(empty, { name: 'a', colour: [0, 0, 0, 255] })).rejects.toMatchObject({
      code: 'BAD_PARAMETERS',
    });
  });
});
