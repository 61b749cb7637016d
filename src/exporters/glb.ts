import { FloodlightError } from '../core/errors';
import type { SurfaceMesh } from '../core/surface';
import type { Rgba } from './colour';

export const GLB_MEDIA_TYPE = 'model/gltf-binary';

const GLB_MAGIC = 0x46546c67;
const JSON_CHUNK = 0x4e4f534a;
const BINARY_CHUNK = 0x004e4942;
const FLOAT = 5126;
const UNSIGNED_INT = 5125;
const VERTEX_BUFFER = 34962;
const INDEX_BUFFER = 34963;

/** One glTF unit is a micrometre: in metres, as glTF has it, cells would be too small for viewers to show. */
const MICROMETRES_PER_NM = 1e-3;

/**
 * A surface as binary glTF 2.0: positions in nanometres, x, y, z as they are (glTF takes y as up), in a node scaled to
 * micrometres, with one two-sided material. Rejects with BAD_PARAMETERS for an empty surface, which glTF cannot hold.
 * (three's GLTFExporter needs a FileReader, which Node lacks, and would bring three into the engine's worker.)
 */
export async function exportGlb(
  mesh: SurfaceMesh,
  options: { readonly name: string; readonly colour: Rgba },
): Promise<Blob> {
  if (mesh.indices.length === 0)
    throw new FloodlightError('BAD_PARAMETERS', {
      what: `Surface of ${options.name}`,
      reason: 'it is empty',
    });
  const json = padded(new TextEncoder().encode(JSON.stringify(describe(mesh, options))));
  const binaryBytes = byteOffsets(mesh).end;
  const total = 12 + 8 + json.byteLength + 8 + binaryBytes;
  const parts = [
    Uint32Array.of(GLB_MAGIC, 2, total, json.byteLength, JSON_CHUNK),
    json,
    Uint32Array.of(binaryBytes, BINARY_CHUNK),
    mesh.positions,
    mesh.normals,
    mesh.indices,
  ];
  return new Blob(parts, { type: GLB_MEDIA_TYPE });
}

/** Fills up with spaces to a multiple of four bytes. */
function padded(text: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.ceil(text.length / 4) * 4).fill(0x20);
  bytes.set(text);
  return bytes;
}

function byteOffsets({ positions, normals, indices }: SurfaceMesh) {
  const normalsStart = positions.byteLength;
  const indicesStart = normalsStart + normals.byteLength;
  return { normalsStart, indicesStart, end: indicesStart + indices.byteLength };
}

function describe(mesh: SurfaceMesh, { name, colour }: { name: string; colour: Rgba }): object {
  const { normalsStart, indicesStart, end } = byteOffsets(mesh);
  const vertices = mesh.positions.length / 3;
  const view = (byteOffset: number, stop: number, target: number) => ({
    buffer: 0,
    byteOffset,
    byteLength: stop - byteOffset,
    target,
  });
  return {
    asset: {
      version: '2.0',
      generator: 'Floodlight',
      extras: { lengthUnit: 'micrometre', positionUnit: 'nanometre' },
    },
    scene: 0,
    scenes: [{ nodes: [0] }],
    nodes: [{ name, mesh: 0, scale: Array(3).fill(MICROMETRES_PER_NM) }],
    meshes: [
      {
        name,
        primitives: [{ attributes: { POSITION: 0, NORMAL: 1 }, indices: 2, material: 0 }],
      },
    ],
    materials: [material(name, colour)],
    accessors: [
      {
        bufferView: 0,
        componentType: FLOAT,
        type: 'VEC3',
        count: vertices,
        ...bounds(mesh.positions),
      },
      { bufferView: 1, componentType: FLOAT, type: 'VEC3', count: vertices },
      { bufferView: 2, componentType: UNSIGNED_INT, type: 'SCALAR', count: mesh.indices.length },
    ],
    bufferViews: [
      view(0, normalsStart, VERTEX_BUFFER),
      view(normalsStart, indicesStart, VERTEX_BUFFER),
      view(indicesStart, end, INDEX_BUFFER),
    ],
    buffers: [{ byteLength: end }],
  };
}

function material(name: string, [red, green, blue, alpha]: Rgba): object {
  return {
    name,
    doubleSided: true,
    alphaMode: alpha < 255 ? 'BLEND' : 'OPAQUE',
    pbrMetallicRoughness: {
      baseColorFactor: [...[red, green, blue].map(linear), alpha / 255],
      metallicFactor: 0,
      roughnessFactor: 0.7,
    },
  };
}

/** The linear value, 0 to 1, of an sRGB value, 0 to 255 (IEC 61966-2-1). */
function linear(value: number): number {
  const unit = value / 255;
  return unit <= 0.04045 ? unit / 12.92 : ((unit + 0.055) / 1.055) ** 2.4;
}

function bounds(positions: Float32Array): { min: number[]; max: number[] } {
  const min = Array<number>(3).fill(Number.POSITIVE_INFINITY);
  const max = Array<number>(3).fill(Number.NEGATIVE_INFINITY);
  for (const [at, value] of positions.entries()) {
    const axis = at % 3;
    if (value < (min[axis] ?? 0)) min[axis] = value;
    if (value > (max[axis] ?? 0)) max[axis] = value;
  }
  return { min, max };
}
