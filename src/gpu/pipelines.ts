import { FloodlightError } from '../core/errors';

/** Compute pipelines of one device, compiled once for each code and set of override constants; what did not compile is tried again. */
export class Pipelines {
  private readonly cache = new Map<string, Promise<GPUComputePipeline>>();

  constructor(private readonly device: GPUDevice) {}

  /** GPU_FAILED with the compiler's words when the code does not compile. */
  compute(
    label: string,
    code: readonly string[],
    entryPoint: string,
    constants: Readonly<Record<string, number>>,
  ): Promise<GPUComputePipeline> {
    const key = JSON.stringify([label, constants]);
    const known = this.cache.get(key);
    if (known) return known;
    const made = this.compile(label, code.join('\n'), entryPoint, constants);
    this.cache.set(key, made);
    made.catch(() => this.cache.delete(key));
    return made;
  }

  private async compile(
    label: string,
    code: string,
    entryPoint: string,
    constants: Readonly<Record<string, number>>,
  ): Promise<GPUComputePipeline> {
    try {
      return await this.device.createComputePipelineAsync({
        label,
        layout: 'auto',
        compute: {
          module: this.device.createShaderModule({ label, code }),
          entryPoint,
          constants: { ...constants },
        },
      });
    } catch (cause) {
      throw new FloodlightError(
        'GPU_FAILED',
        { what: label, reason: cause instanceof Error ? cause.message : String(cause) },
        cause,
      );
    }
  }
}
