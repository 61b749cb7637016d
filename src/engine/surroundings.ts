import type { Coder } from '../codecs/coder';
import type { ByteFile, ByteFolder } from '../core/byte-file';
import type { TabDisk } from '../disk/tab-disk';
import type { Hosts } from '../volume/hosts';
import type { Fetch } from '../volume/http-access';
import type { Volume } from '../volume/model';
import type { Budgets } from './budgets';
import type { MachineSurroundings } from './machine';
import type { Mesher } from './mesher';
import type { SourceAccess, VolumeSource } from './protocol';

/** What the engine gets from where it runs: a worker, or a test under Node. */
export interface EngineSurroundings extends MachineSurroundings {
  readonly mesher: Mesher;
  /** Encodes chunks of what is saved. */
  readonly encode: Coder['encode'];
  /** Where labels lie that the browser keeps; undefined where it keeps none. */
  savedFolder(): Promise<FileSystemDirectoryHandle | undefined>;
  /** Where networks lie that the browser keeps; undefined where it keeps none. */
  modelFolder(): Promise<FileSystemDirectoryHandle | undefined>;
  readonly fetch: Fetch;
  /** Filters parts of the image. */
  readonly filter: Coder['filter'];
  openVolume(
    source: VolumeSource,
    access: SourceAccess,
    signal: AbortSignal,
    hosts: Hosts,
  ): Promise<Volume>;
  /** Budgets before the user sets any. */
  defaultBudgets(): Promise<Budgets>;
  readonly disk: TabDisk;
  /** An empty file of this engine's own, for what no longer fits into memory; undefined where there is no disk. */
  openSpillFile(): Promise<ByteFile | undefined>;
  /** Where what runs over a volume have done is kept, a file each; undefined where there is no disk. */
  runFolder(): Promise<ByteFolder | undefined>;
}
