import type { LabelLayoutOptions } from '../../exporters/labels/layout';

/**
 * Where labels are saved: to a zip in memory or in a file, to a folder within the one given, or to the browser's own storage.
 * Each but the first leaves an earlier save whole until the new one is.
 */
export type LabelDestination = 'zip' | 'browser' | FileSystemFileHandle | FileSystemDirectoryHandle;

/** How labels are saved: to a zip in memory unless it says otherwise. */
export interface SaveLabelsOptions extends LabelLayoutOptions {
  readonly destination?: LabelDestination;
  /** Of the labels, and, with `.zarr`, of their folder; made of the volume's unless it is given. */
  readonly name?: string;
}

/** What was saved, as it can be opened: a zip, the zip's file, or the labels' folder. */
export type SavedLabels = Blob | FileSystemFileHandle | FileSystemDirectoryHandle;

export interface SaveProgress {
  /** Labelled bricks (64³) read so far, and all there are. */
  readonly bricks: number;
  readonly bricksTotal: number;
  readonly bytesWritten: number;
  readonly milliseconds: number;
}
