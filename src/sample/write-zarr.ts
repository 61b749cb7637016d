import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import FileSystemStore from '@zarrita/storage/fs';
import { create, type Location, root, set } from 'zarrita';
import type { Phantom } from './phantom';
import { type Level, makeLevels, mean, mode } from './pyramid';

const LEVELS = 4;
const CHUNK_EDGE = 64;
const VERSION = '0.5';
const CODECS = [
  { name: 'bytes', configuration: { endian: 'little' } },
  { name: 'zstd', configuration: { level: 3, checksum: false } },
];
/** The grey values shown as black and white. */
const WINDOW = { min: 0, max: 255, start: 50, end: 215 };

type Levels = readonly Level<Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>>[];

/**
 * Writes a phantom as an OME-Zarr 0.5 multiscale with the label layer `groundtruth` to the folder `out`, in place of what
 * is there. The folder appears complete or not at all. Rejects with the file system's errors.
 */
export async function writeSample(phantom: Phantom, out: string): Promise<void> {
  const run = randomUUID();
  const [unfinished, replaced] = [`${out}.${run}.tmp`, `${out}.${run}.old`];
  try {
    await writeGroups(phantom, unfinished);
    if (existsSync(out)) await rename(out, replaced);
    await rename(unfinished, out);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
    await rm(replaced, { recursive: true, force: true });
  }
}

async function writeGroups({ image, labels, shapeZyx }: Phantom, folder: string): Promise<void> {
  const top = root(new FileSystemStore(folder));
  const imageLevels = makeLevels(image, shapeZyx, LEVELS, mean);
  const channel = { label: 'EM', color: 'FFFFFF', active: true, window: WINDOW };
  const omero = { channels: [channel] };
  await create(top, { attributes: ome({ ...multiscale('Phantom neuropil', imageLevels), omero }) });
  await writeLevels(top, imageLevels, 'uint8');

  await create(top.resolve('labels'), { attributes: ome({ labels: ['groundtruth'] }) });
  const truth = top.resolve('labels/groundtruth');
  const labelLevels = makeLevels(labels, shapeZyx, LEVELS, mode);
  const imageLabel = { 'image-label': { source: { image: '../../' } } };
  await create(truth, {
    attributes: ome({ ...multiscale('groundtruth', labelLevels), ...imageLabel }),
  });
  await writeLevels(truth, labelLevels, 'uint16');
}

const ome = (content: Record<string, unknown>) => ({ ome: { version: VERSION, ...content } });

function multiscale(name: string, levels: Levels) {
  const axis = (axisName: string) => ({ name: axisName, type: 'space', unit: 'nanometer' });
  const datasets = levels.map(({ voxelSizeNm, originNm }, level) => ({
    path: String(level),
    coordinateTransformations: [
      { type: 'scale', scale: voxelSizeNm },
      { type: 'translation', translation: originNm },
    ],
  }));
  return { multiscales: [{ name, axes: ['z', 'y', 'x'].map(axis), datasets }] };
}

async function writeLevels(
  parent: Location<FileSystemStore>,
  levels: Levels,
  dtype: 'uint8' | 'uint16',
): Promise<void> {
  for (const [level, { shapeZyx, data }] of levels.entries()) {
    const shape = [...shapeZyx];
    const chunkShape = shape.map((size) => Math.min(size, CHUNK_EDGE));
    const array = await create(parent.resolve(String(level)), {
      shape,
      chunkShape,
      dtype,
      codecs: CODECS,
      fillValue: 0,
      dimensionNames: ['z', 'y', 'x'],
    });
    const stride = [shapeZyx[1] * shapeZyx[2], shapeZyx[2], 1];
    await set(array, null, { data, shape, stride });
  }
}
