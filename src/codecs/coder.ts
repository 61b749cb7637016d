import type { FilterJob } from '../normalize/filter';
import type { DecodeJob, EncodeJob } from './job';

/** Decodes and encodes bytes and filters voxels, somewhere: in a pool of workers, or in place. Results own their buffer whole. */
export interface Coder {
  /**
   * Exactly `decodedBytes` long. Rejects with CODEC_FAILED for bytes that are not what the plan says, BUDGET_EXCEEDED when
   * they need more memory than there is, AbortError once the signal fires.
   */
  decode(job: DecodeJob, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /** Rejects with CODEC_FAILED for settings that the codec refuses, and as `decode` does. */
  encode(job: EncodeJob, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /** The bytes of an image's part, filtered. Rejects with BAD_PARAMETERS, and as `decode` does. */
  filter(job: FilterJob, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /** Takes the buffer of a result back that nobody reads any more: a later result of the same length goes there. */
  recycle(buffer: ArrayBuffer): void;
}
