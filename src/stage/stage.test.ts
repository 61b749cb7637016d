import { expect, test, vi } from 'vitest';
import type { DrawingLimit, SurfaceChange } from '../core/surface';
import type { Picture } from './picture';
import type { StageMessage, StageReport } from './protocol';
import { Stage } from './stage';

const volume = { shapeZyx: [9, 9, 9], voxelSizeNm: [8, 8, 8], originNm: [0, 0, 0] } as const;
const eye = { position: [9, 0, 0], target: [0, 0, 0] } as const;
const colours = { box: 'red', limits: 'red', planesZyx: ['red', 'red', 'red'] } as const;

/** A stage on a canvas without WebGL 2, and what it reports. */
function startWithout() {
  const reports: StageReport[] = [];
  const stage = new Stage((report) => reports.push(report));
  const canvas = { getContext: () => null } as unknown as OffscreenCanvas;
  const { port1, port2 } = new MessageChannel();
  stage.receive({ type: 'start', canvas, surfaces: port2, colours });
  return { reports, stage, close: () => port1.close() };
}

test('says that there is no WebGL 2, and takes all that it is told', () => {
  const { reports, stage, close } = startWithout();
  expect(reports).toEqual([{ type: 'unavailable' }]);
  stage.receive({ type: 'volume', volume });
  stage.receive({ type: 'size', size: { width: 100, height: 50, ratio: 1 } });
  stage.receive({ type: 'eye', eye });
  stage.receive({ type: 'pick', x: 0.5, y: 0.5 });
  expect(reports.slice(1)).toEqual([{ type: 'picked', pick: null }]);
  close();
});

test('looks at the volume that there is, in whatever order it is told of eye, volume and canvas', () => {
  const { port1, port2 } = new MessageChannel();
  const told: readonly StageMessage[] = [
    { type: 'start', canvas: {} as OffscreenCanvas, surfaces: port2, colours },
    { type: 'volume', volume },
    { type: 'eye', eye },
  ];
  for (const order of [
    [0, 1, 2],
    [0, 2, 1],
    [1, 2, 0],
    [2, 0, 1],
  ]) {
    const looks: unknown[] = [];
    const picture = { look: (...look: unknown[]) => looks.push(look), request: () => {} };
    const stage = new Stage(
      () => {},
      () => picture as unknown as Picture,
    );
    for (const index of order) stage.receive(told[index] as StageMessage);
    expect(looks.at(-1), `${order}`).toEqual([eye, volume]);
  }
  port1.close();
});

test('where pictures are slow, what a moving camera sees waits a moment for coarser surfaces', async () => {
  const { port1, port2 } = new MessageChannel();
  let requests = 0;
  let drawn: (() => (milliseconds: number) => void) | undefined;
  const picture = {
    look: () => {},
    request: () => requests++,
    surfacesChanged: () => requests++,
  };
  const stage = new Stage(
    () => {},
    (_canvas, _scene, events) => {
      drawn = () => events.drawn(eye);
      return picture as unknown as Picture;
    },
  );
  stage.receive({ type: 'start', canvas: {} as OffscreenCanvas, surfaces: port2, colours });
  stage.receive({ type: 'volume', volume });
  stage.receive({
    type: 'segments',
    segments: { listedIds: [1], selectedIds: [], hiddenIds: [], job: null },
  });
  const show = (triangles: number) =>
    new Promise<void>((resolve) => {
      const before = requests;
      const change: SurfaceChange = {
        segmentId: 1,
        patches: [
          {
            level: 0,
            brickKey: 0,
            positions: new Float32Array(9),
            normals: new Float32Array(9),
            indices: new Uint32Array(3 * triangles),
            skirtVertices: 0,
            skirtIndices: 0,
          },
        ],
        gone: [],
      };
      port1.postMessage(change);
      vi.waitFor(() => expect(requests).toBeGreaterThan(before)).then(() => resolve());
    });
  const move = () => {
    const before = requests;
    stage.receive({ type: 'eye', eye });
    return requests - before;
  };

  await show(1_000_000);
  expect(move()).toBe(1);
  const limit = new Promise<DrawingLimit>((resolve) => {
    port1.onmessage = ({ data }) => resolve(data);
  });
  for (let slow = 0; slow < 2; slow++) drawn?.()(1000);
  expect(await limit).toEqual({ triangles: 100_000 });
  // Coarser surfaces end the waiting, or the time does.
  expect([move(), move()]).toEqual([0, 0]);
  await show(150_000);
  expect(move()).toBe(1);
  await show(1_000_000);
  expect(move()).toBe(0);
  const before = requests;
  await vi.waitFor(() => expect(requests).toBe(before + 1));
  port1.close();
});
