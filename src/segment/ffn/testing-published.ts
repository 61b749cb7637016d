/** The published network and what google/ffn made with it of the FIB-25 sample, from FLOODLIGHT_DATA. */
import { readFile } from 'node:fs/promises';
import { volumeOf, type Zyx } from '../../core/vec';
import { openVolume } from '../../volume/open-volume';
import { dataPath } from '../../volume/testing/data';
import { serveFiles } from '../../volume/testing/file-server';
import { CanvasStore } from './canvas-store';
import type { FfnModel } from './model';
import { FfnObject } from './object';
import { ffnParams, thresholdsOf } from './params';

export interface GoldenSeed {
  readonly google_segment_id: number;
  readonly seed_zyx: Zyx;
  readonly google_voxels: number;
}

/** The sample's image, normalised for a model, and the segments of google/ffn's own run. */
export async function readSample({ normalization }: FfnModel) {
  const server = await serveFiles(dataPath('fib25/em.zarr'));
  try {
    const { info, levels, openLabels } = await openVolume(server.url);
    const { shapeZyx } = info;
    const box = { originZyx: [0, 0, 0] as const, shapeZyx };
    const grey = (await levels[0]?.readBox(box)) as Uint8Array;
    const google = await openLabels('google_ffn');
    const { mean, deviation } = normalization;
    return {
      shapeZyx,
      image: Float32Array.from(grey, (value) => (value - mean) / deviation),
      google: (await google.levels[0]?.readBox(box)) as Uint32Array,
    };
  } finally {
    await server.close();
  }
}

export async function goldenSeeds(): Promise<readonly GoldenSeed[]> {
  const { seeds } = JSON.parse(await readFile(dataPath('ffn-fib25/golden/seeds.json'), 'utf8'));
  return seeds;
}

/** An object of the published network's own options, alone in a volume. */
export const publishedObject = (model: FfnModel, shapeZyx: Zyx, startZyx: Zyx): FfnObject =>
  new FfnObject(
    {
      startZyx,
      fieldOfViewZyx: model.fieldOfViewZyx,
      deltasZyx: model.deltasZyx,
      thresholds: thresholdsOf(ffnParams.parse({ model: model.id }), model),
      canvas: { originZyx: [0, 0, 0], shapeZyx },
      isTaken: () => false,
    },
    new CanvasStore(Number.POSITIVE_INFINITY),
  );

/** How far an object agrees with a segment of google/ffn where it was: Dice over its voxels that were visited. */
export function agreement(
  object: FfnObject,
  google: Uint32Array,
  id: number,
  shapeZyx: Zyx,
  segmentLogit: number,
): { visited: number; voxels: number; dice: number } {
  const logits = object.canvas.read({ originZyx: [0, 0, 0], shapeZyx });
  let [visited, mine, theirs, both] = [0, 0, 0, 0];
  for (let i = 0; i < volumeOf(shapeZyx); i++) {
    const logit = logits[i] ?? Number.NaN;
    if (Number.isNaN(logit)) continue;
    visited++;
    const isMine = logit >= segmentLogit;
    const isTheirs = google[i] === id;
    if (isMine) mine++;
    if (isTheirs) theirs++;
    if (isMine && isTheirs) both++;
  }
  return { visited, voxels: mine, dice: (2 * both) / (mine + theirs) };
}
