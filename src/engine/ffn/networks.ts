import { FloodlightError } from '../../core/errors';
import { equal } from '../../core/vec';
import type { FfnModel } from '../../segment/ffn/model';
import type { Network, Precision } from '../../segment/network/network';
import type { RunsOn } from '../jobs';

/** What networks run on. */
export interface NetworkBackend extends RunsOn {
  /** Why there are none in f16, a clause; null where there are. */
  readonly withoutF16: string | null;
  /** Rejects with BUDGET_EXCEEDED, BAD_PARAMETERS, or with what keeps it from being made there. */
  createNetwork(model: FfnModel, maxBatch: number, precision: Precision): Promise<Network>;
}

/** PRECISION_UNAVAILABLE where a backend has no networks of that precision. */
export function requirePrecision({ withoutF16 }: NetworkBackend, precision: Precision): void {
  if (precision === 'f16' && withoutF16 !== null)
    throw new FloodlightError('PRECISION_UNAVAILABLE', { precision, reason: withoutF16 });
}

interface Made {
  readonly backend: NetworkBackend;
  readonly modelId: string;
  readonly maxBatch: number;
  readonly network: Network;
}

/** The network that was used last, ready for the next segment; another model, backend or precision takes its place. */
export class Networks {
  private made: Made | undefined;

  /** PRECISION_UNAVAILABLE, or as `createNetwork` rejects. */
  async get(
    backend: NetworkBackend,
    model: FfnModel,
    maxBatch: number,
    precision: Precision,
  ): Promise<Network> {
    requirePrecision(backend, precision);
    const { made } = this;
    if (
      made?.backend === backend &&
      made.modelId === model.id &&
      equal(made.network.fieldOfViewZyx, model.fieldOfViewZyx) &&
      made.network.precision === precision &&
      made.maxBatch >= maxBatch
    )
      return made.network;
    this.dispose();
    const network = await backend.createNetwork(model, maxBatch, precision);
    this.made = { backend, modelId: model.id, maxBatch, network };
    return network;
  }

  dispose(): void {
    this.made?.network.dispose();
    this.made = undefined;
  }
}
