import path from 'node:path';
import FileSystemStore from '@zarrita/storage/fs';
import { describe, expect, it } from 'vitest';
import * as zarr from 'zarrita';
import type { Box } from '../core/box';
import type { VoxelArray } from '../core/dtype';
import { LabelComparison } from './label-comparison';

const dataFolder = process.env.FLOODLIGHT_DATA ?? '../shared/data';
const box: Box = { originZyx: [0, 0, 0], shapeZyx: [250, 250, 250] };
const MOST = { mostFaults: 3, mostPieces: 3 };

async function read(name: string): Promise<VoxelArray> {
  const store = new FileSystemStore(path.resolve(dataFolder, 'fib25/em.zarr/labels', name, '0'));
  const { data } = await zarr.get(await zarr.open.v2(store, { kind: 'array' }));
  return data as VoxelArray;
}

describe('scores of published segmentations of fib25', () => {
  // The figures of the data's README.
  it.each([
    ['google_ffn', false, 0.899, 0.918, 0.097],
    ['google_ffn', true, 0.613, 0.263, 0.056],
    ['supervoxels', false, 2.41, 0.33, 0.271],
  ] as const)('%s, unlabelled voxels left out: %s', async (name, ignoreZeroSegments, ...scores) => {
    const comparison = new LabelComparison(box);
    comparison.add(await read(name), await read('groundtruth'), box);
    const { viSplit, viMerge, adaptedRandError } = comparison.result(
      { ignoreZeroTruth: true, ignoreZeroSegments },
      MOST,
    );
    for (const [i, score] of [viSplit, viMerge, adaptedRandError].entries()) {
      const expected = scores[i] ?? Number.NaN;
      const decimals = String(expected).length - 2;
      expect(Number(score.toFixed(decimals))).toBe(expected);
    }
  });
});
