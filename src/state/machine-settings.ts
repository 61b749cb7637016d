import type { BackendChoice, Budgets } from '../engine/protocol';
import { storedBackend } from './backend-choice';
import type { Session } from './session';
import { storeBudgets } from './stored-budgets';

/** What settings need of the session. */
type Around = Pick<Session, 'engine' | 'inform'>;

/** What the user lets the page take of the machine: what fills run on, budgets, the cache on disk. */
export class MachineSettings {
  constructor(private readonly around: Around) {}

  /** What fills run on from the next one on; remembered. WEBGPU_UNAVAILABLE where there is no adapter to run on. */
  async setBackend(choice: BackendChoice): Promise<void> {
    await this.around.engine.setBackend(choice);
    storedBackend.write(choice);
  }

  /** Changes what may be taken of the machine; what was said is remembered. BAD_PARAMETERS for too little or too much. */
  async setBudgets(budgets: Partial<Budgets>): Promise<Budgets> {
    const set = await this.around.engine.setBudgets(budgets);
    storeBudgets(budgets);
    return set;
  }

  /** Drops all chunks that are kept on disk. */
  async clearDiskCache(): Promise<void> {
    await this.around.engine.clearDiskCache();
    this.around.inform('The cache of chunks on disk is empty.', 'disk');
  }

  /** Asks the browser never to drop what this page keeps on disk by itself; whether it agreed. */
  async keepDiskCache(): Promise<boolean> {
    const isKept = (await navigator.storage?.persist()) ?? false;
    this.around.inform(
      isKept
        ? 'The browser keeps this page’s files until you clear them.'
        : 'The browser does not promise to keep this page’s files: it may drop them when the disk runs full.',
      'disk',
    );
    return isKept;
  }
}
