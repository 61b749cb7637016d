import { abortError } from '../core/errors';
import type { Coder } from './coder';
import { SpareBuffers } from './spare-buffers';
import { Workbench } from './workbench';

/** A coder in the calling thread, from the compiled module `codecs`: for tests, and for little. */
export function inlineCoder(module: WebAssembly.Module): Coder {
  const workbench = new Workbench(module);
  const spare = new SpareBuffers();
  return {
    async decode(job, signal) {
      if (signal?.aborted) throw abortError();
      return workbench.decode(job, spare.take(job.decodedBytes));
    },
    async encode(job, signal) {
      if (signal?.aborted) throw abortError();
      return workbench.encode(job);
    },
    async filter(job, signal) {
      if (signal?.aborted) throw abortError();
      return workbench.filter(job);
    },
    recycle: (buffer) => spare.give(buffer),
  };
}
