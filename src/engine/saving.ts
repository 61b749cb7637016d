import type { Coder } from '../codecs/coder';
import { segmentColour } from '../core/colour';
import { FloodlightError } from '../core/errors';
import { fileNameOf } from '../core/file-name';
import type { SurfaceMesh } from '../core/surface';
import { saveToFolder } from '../exporters/destinations/folder';
import { zipBlob, zipToFile } from '../exporters/destinations/zip';
import { exportGlb } from '../exporters/glb';
import { type LabelsToWrite, labelFiles } from '../exporters/labels/label-files';
import { checkLayout } from '../exporters/labels/layout';
import type { LabelFile } from '../exporters/labels/level-writer';
import { yieldToEvents } from '../segment/cpu/yield';
import type { VolumeInfo } from '../volume/model';
import type { LabelDestination, SavedLabels, SaveLabelsOptions, SaveProgress } from './protocol';
import type { Segmentation } from './segmentation';

const opaque = (id: number) => [...segmentColour(id), 255] as const;

/** A segment's surface as a binary glTF. */
export const meshFile = (id: number, mesh: SurfaceMesh): Promise<Blob> =>
  exportGlb(mesh, { name: `segment ${id}`, colour: opaque(id) });

const PROGRESS_MILLISECONDS = 100;
/** How long bricks are read at a stretch; then messages are, a cancel's among them, and slices drawn. */
const STRETCH_MILLISECONDS = 8;
const FORBIDDEN_NAME = /^\.|[\\/:*?"<>|]|\p{Cc}/u;

/** What saving gets from the engine. */
export interface SavingSurroundings {
  readonly encode: Coder['encode'];
  /** Where labels lie that are kept by the browser; undefined where it keeps none. */
  savedFolder(): Promise<FileSystemDirectoryHandle | undefined>;
  readonly signal: AbortSignal;
  onProgress(progress: SaveProgress): void;
}

function checkName(name: string): string {
  if (name === '' || name.length > 200 || FORBIDDEN_NAME.test(name))
    throw new FloodlightError('BAD_PARAMETERS', {
      what: 'Name of labels',
      reason: `“${name}” is no name of a file on every system`,
    });
  return name;
}

/** Where labels lie that are kept by the browser; UNSUPPORTED_BROWSER where it keeps none. */
export async function requireSavedFolder(
  savedFolder: SavingSurroundings['savedFolder'],
): Promise<FileSystemDirectoryHandle> {
  const folder = await savedFolder();
  if (!folder) throw new FloodlightError('UNSUPPORTED_BROWSER', { feature: 'storage of its own' });
  return folder;
}

/** All that is kept there. */
export async function listSaved(folder: FileSystemDirectoryHandle) {
  const found: FileSystemDirectoryHandle[] = [];
  for await (const handle of folder.values())
    if (handle.kind === 'directory') found.push(handle as FileSystemDirectoryHandle);
  return found;
}

/** Removes one; BAD_PARAMETERS where there is none of this name, else as saving there does. */
export async function removeSaved(
  folder: FileSystemDirectoryHandle,
  folderName: string,
): Promise<void> {
  const saved = await listSaved(folder);
  if (!saved.some(({ name }) => name === folderName))
    throw new FloodlightError('BAD_PARAMETERS', {
      what: 'Saved labels',
      reason: `there are none of the name “${folderName}”`,
    });
  await folder.removeEntry(folderName, { recursive: true });
}

/** Counts what a save has done, tells of it now and then, and at last, and lets other work in. */
function watch(onProgress: (progress: SaveProgress) => void) {
  const start = performance.now();
  let [told, rested] = [0, start];
  let [bricks, bricksTotal, bytesWritten] = [0, 0, 0];
  const tell = (isLast = false) => {
    const milliseconds = performance.now() - start;
    if (!isLast && milliseconds - told < PROGRESS_MILLISECONDS) return;
    told = milliseconds;
    onProgress({ bricks, bricksTotal, bytesWritten, milliseconds });
  };
  return {
    async onBrick(done: number, total: number) {
      [bricks, bricksTotal] = [done, total];
      tell();
      if (performance.now() - rested < STRETCH_MILLISECONDS) return;
      await yieldToEvents();
      rested = performance.now();
    },
    async *counted(files: AsyncIterable<LabelFile>): AsyncGenerator<LabelFile> {
      for await (const file of files) {
        yield file;
        bytesWritten += file.bytes.length;
        tell();
      }
      tell(true);
    },
  };
}

async function saveTo(
  destination: LabelDestination,
  name: string,
  filesBelow: (prefix: string) => AsyncIterable<LabelFile>,
  { savedFolder, signal }: SavingSurroundings,
): Promise<SavedLabels> {
  if (destination === 'zip') return zipBlob(filesBelow(''));
  if (destination === 'browser')
    return saveToFolder(await requireSavedFolder(savedFolder), name, filesBelow, signal);
  if (destination.kind === 'directory') return saveToFolder(destination, name, filesBelow, signal);
  await zipToFile(filesBelow(''), destination, signal);
  return destination;
}

/**
 * Saves the segmentation as it is now as a label image on the volume's grid. Rejects with BAD_PARAMETERS for options that make
 * no sense, as the destination does, or AbortError once the signal fires.
 */
export async function saveLabels(
  volume: VolumeInfo,
  { labels, segments }: Pick<Segmentation, 'labels' | 'segments'>,
  options: SaveLabelsOptions,
  around: SavingSurroundings,
): Promise<SavedLabels> {
  const { destination = 'zip', name: wanted, ...layoutOptions } = options;
  const layout = checkLayout(layoutOptions);
  const name = checkName(wanted ?? `${fileNameOf(volume.name, 'volume')}-labels`);
  const source = labels.snapshot();
  const toWrite: LabelsToWrite = {
    ...volume,
    name,
    source,
    properties: segments.map(({ id, voxels }) => ({ id, voxels, colour: opaque(id) })),
  };
  const { onBrick, counted } = watch(around.onProgress);
  const { encode, signal } = around;
  const filesBelow = (prefix: string) =>
    counted(labelFiles(toWrite, layout, prefix, { encode, signal, onBrick }));
  try {
    return await saveTo(destination, `${name}.zarr`, filesBelow, around);
  } finally {
    source.release();
  }
}
