import type { Kept } from './chunk-disk';

/** What may be taken of the disk, and when a user said so, in milliseconds since 1970; 0 where nobody has. */
export interface BudgetWord {
  readonly bytes: number;
  readonly saidAt: number;
}

/** What a tab tells all others. `from`: its id. */
export type Notice =
  /** That it is there, and what it takes of the disk by itself. */
  | {
      readonly kind: 'here';
      readonly from: string;
      readonly spilledBytes: number;
      readonly budget: BudgetWord | undefined;
    }
  /** That it has the files, and what all take of the disk. Each term is greater than those before. */
  | {
      readonly kind: 'state';
      readonly from: string;
      readonly term: number;
      readonly cacheBytes: number;
      /** By tab. */
      readonly spilled: ReadonlyMap<string, number>;
      readonly budget: BudgetWord | undefined;
    };

/** What the tab that has the files is asked for. */
export type Question =
  | { readonly kind: 'get'; readonly key: string }
  | {
      readonly kind: 'put';
      readonly key: string;
      readonly bytes: Uint8Array | null;
      readonly seconds: number;
    }
  | { readonly kind: 'dropAll'; readonly start: string }
  | { readonly kind: 'clear' };

/** What came of a question: `isDone` is false where the tab that was asked has no files. */
export interface Answer {
  readonly isDone: boolean;
  readonly kept: Kept | undefined;
}

/** What a tab tells a single other one. */
export type Letter =
  | {
      readonly kind: 'question';
      readonly from: string;
      readonly id: number;
      readonly question: Question;
    }
  | {
      readonly kind: 'answer';
      readonly from: string;
      readonly id: number;
      readonly answer: Answer;
    };
