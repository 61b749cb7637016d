import { type FilterJob, filterIn } from '../normalize/filter';
import { instantiate } from '../wasm/module';
import { codecFailed } from './codec-failed';
import { decodeIn } from './decode';
import { encodeIn } from './encode';
import type { DecodeJob, EncodeJob } from './job';
import type { CodecFunction, CodecInstance } from './wasm-codecs';

const KEPT_BYTES = 256 * 2 ** 20;

/**
 * Does jobs one after the other in one instance of the module `codecs`. One that has trapped, or whose memory has grown past
 * `keptBytes`, is not used again, so that a giant chunk pins no memory.
 */
export class Workbench {
  private kept: CodecInstance | undefined;

  constructor(
    private readonly module: WebAssembly.Module,
    private readonly keptBytes = KEPT_BYTES,
  ) {}

  /** As `Coder.decode`, into a buffer of `decodedBytes` where one is given. */
  decode(job: DecodeJob, into?: ArrayBuffer): Uint8Array<ArrayBuffer> {
    return this.use(job.steps[0]?.codec ?? 'bytes', (instance) => decodeIn(instance, job, into));
  }

  /** As `Coder.encode`. */
  encode(job: EncodeJob): Uint8Array<ArrayBuffer> {
    return this.use(job.codec, (instance) => encodeIn(instance, job));
  }

  /** As `Coder.filter`. */
  filter(job: FilterJob): Uint8Array<ArrayBuffer> {
    return this.use(job.step.kind, (instance) => filterIn(instance, job));
  }

  private use<T>(codec: string, work: (instance: CodecInstance) => T): T {
    const instance = this.kept ?? instantiate<CodecFunction>(this.module);
    this.kept = instance;
    try {
      return work(instance);
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      // Its stack pointer is where the trap left it.
      this.kept = undefined;
      throw codecFailed(codec, `the decoder broke down (${error.message})`, error);
    } finally {
      if (instance.arena.sizeBytes > this.keptBytes) this.kept = undefined;
    }
  }
}
