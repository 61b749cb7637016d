import type { ImportProgress, ModelList } from '../engine/protocol';

/** What the page shows of the networks that are kept. */
export interface ModelsState {
  /** Null until they have been listed. */
  readonly list: ModelList | null;
  /** Whether the dialog that manages them is open, and whose details it shows. */
  readonly isOpen: boolean;
  readonly shownId: string | null;
  /** The import that runs. */
  readonly importing: ({ readonly job: number } & ImportProgress) | null;
}

export const NO_MODELS: ModelsState = {
  list: null,
  isOpen: false,
  shownId: null,
  importing: null,
};
