import { describe, expect, it } from 'vitest';
import { abortError } from '../core/errors';
import type { SurfaceMesh, SurfacePiece } from '../core/surface';
import { weld } from '../mesh/weld';
import { Welds, weldInParts } from './weld-in-parts';

/** A sheet of `edge`² squares beside the one before, with a skirt that is left out. */
function sheet(number: number, edge: number): SurfacePiece {
  const side = edge + 1;
  const positions = new Float32Array((side * side + 1) * 3);
  for (let vertex = 0; vertex < side * side; vertex++)
    positions.set([number * edge + (vertex % side), Math.floor(vertex / side), 0], vertex * 3);
  const indices: number[] = [];
  for (let y = 0; y < edge; y++)
    for (let x = 0; x < edge; x++) {
      const at = y * side + x;
      indices.push(at, at + 1, at + side, at + 1, at + side + 1, at + side);
    }
  return {
    positions,
    normals: positions.map((_, at) => (at % 3 === 2 ? 1 : 0)),
    indices: Uint32Array.from([...indices, 0, 1, side * side]),
    skirtVertices: 1,
    skirtIndices: 3,
  };
}
const sheets = Array.from({ length: 20 }, (_, number) => sheet(number, 128));
const never = new AbortController().signal;

/** As toEqual says, but fast. */
const isSame = (a: SurfaceMesh, b: SurfaceMesh) =>
  (['positions', 'normals', 'indices'] as const).every(
    (part) => Buffer.compare(Buffer.from(a[part].buffer), Buffer.from(b[part].buffer)) === 0,
  );

/** Answers as a worker does, later, and tells what it was asked. */
function inWorker(welds: Welds, onCall: (call: string) => void) {
  const later = async <Value>(call: string, work: () => Value): Promise<Value> => {
    await Promise.resolve();
    onCall(call);
    return work();
  };
  return {
    beginWeld: (...sizes: [number, number]) => later('begin', () => welds.beginWeld(...sizes)),
    addToWeld: (id: number, pieces: readonly SurfacePiece[]) =>
      later('add', () => welds.addToWeld(id, pieces)),
    endWeld: (id: number) => later('end', () => welds.endWeld(id)),
    dropWeld: (id: number) => later('drop', () => welds.dropWeld(id)),
  };
}

describe('a mesh that is joined in parts', () => {
  it('is the one that is joined at once', async () => {
    const welds = new Welds();
    const calls: string[] = [];
    const remote = inWorker(welds, (call) => calls.push(call));
    const [mesh, other] = await Promise.all([
      weldInParts(remote, sheets, never),
      weldInParts(remote, sheets.slice(3, 5), never),
    ]);
    expect(isSame(mesh, weld(sheets))).toBe(true);
    expect(isSame(other, weld(sheets.slice(3, 5)))).toBe(true);
    expect(isSame(mesh, other)).toBe(false);
    expect(mesh.positions.length).toBe((20 * 128 + 1) * 129 * 3);
    expect(calls.filter((call) => call === 'add').length).toBeGreaterThan(8);
    expect(welds.size).toBe(0);
    expect((await weldInParts(remote, [], never)).indices.length).toBe(0);
  });

  it.each(['begin', 'add', 'end'])('is let go of where it is called off in %s', async (when) => {
    const welds = new Welds();
    const abort = new AbortController();
    const calls: string[] = [];
    const remote = inWorker(welds, (call) => {
      calls.push(call);
      if (call === when) abort.abort(abortError());
    });
    const made = weldInParts(remote, sheets, abort.signal);
    if (when === 'end') await made;
    else await expect(made).rejects.toMatchObject({ name: 'AbortError' });
    // Nothing more is joined after that.
    if (when !== 'end') expect(calls.slice(calls.indexOf(when))).toEqual([when, 'drop']);
    expect(welds.size).toBe(0);
  });

  it('is let go of where joining fails', async () => {
    const welds = new Welds();
    const remote = {
      ...inWorker(welds, () => {}),
      addToWeld: () => Promise.reject(new Error('no memory')),
    };
    await expect(weldInParts(remote, sheets, never)).rejects.toThrow('no memory');
    expect(welds.size).toBe(0);
  });
});
