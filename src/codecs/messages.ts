import type { ErrorRecord } from '../core/errors';
import type { FilterJob } from '../normalize/filter';
import type { DecodeJob, EncodeJob } from './job';

/** What a worker of the pool is sent: its module first. */
export type CodecRequest =
  | { readonly kind: 'module'; readonly module: WebAssembly.Module }
  | {
      readonly kind: 'decode';
      readonly job: DecodeJob;
      /** Of `decodedBytes`: takes the result. */
      readonly into?: ArrayBuffer | undefined;
    }
  | { readonly kind: 'encode'; readonly job: EncodeJob }
  | { readonly kind: 'filter'; readonly job: FilterJob };

export type JobRequest = Exclude<CodecRequest, { readonly kind: 'module' }>;

/** Its answer to each job, in their order. */
export type CodecAnswer =
  | { readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly error: ErrorRecord };
