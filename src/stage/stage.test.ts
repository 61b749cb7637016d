import { expect, test } from 'vitest';
import type { StageReport } from './protocol';
import { Stage } from './stage';

/** A stage on a canvas without WebGL 2, and what it reports. */
function startWithout() {
  const reports: StageReport[] = [];
  const stage = new Stage((report) => reports.push(report));
  const canvas = { getContext: () => null } as unknown as OffscreenCanvas;
  const { port1, port2 } = new MessageChannel();
  const colours = { box: 'red', limits: 'red', planesZyx: ['red', 'red', 'red'] } as const;
  stage.receive({ type: 'start', canvas, surfaces: port2, colours });
  return { reports, stage, close: () => port1.close() };
}

test('says that there is no WebGL 2, and takes all that it is told', () => {
  const { reports, stage, close } = startWithout();
  expect(reports).toEqual([{ type: 'unavailable' }]);
  const volume = { shapeZyx: [9, 9, 9], voxelSizeNm: [8, 8, 8], originNm: [0, 0, 0] } as const;
  stage.receive({ type: 'volume', volume });
  stage.receive({ type: 'size', size: { width: 100, height: 50, ratio: 1 } });
  stage.receive({ type: 'eye', eye: { position: [9, 0, 0], target: [0, 0, 0] } });
  stage.receive({ type: 'pick', x: 0.5, y: 0.5 });
  expect(reports.slice(1)).toEqual([{ type: 'picked', pick: null }]);
  close();
});
