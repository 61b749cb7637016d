import { equal } from '../../core/vec';
import type { FfnModel } from '../../segment/ffn/model';
import type { Network } from '../../segment/network/network';
import type { RunsOn } from '../jobs';

/** What networks run on. */
export interface NetworkBackend extends RunsOn {
  /** Rejects with BUDGET_EXCEEDED, BAD_PARAMETERS, or with what keeps it from being made there. */
  createNetwork(model: FfnModel, maxBatch: number): Promise<Network>;
}

interface Made {
  readonly backend: NetworkBackend;
  readonly modelId: string;
  readonly maxBatch: number;
  readonly network: Network;
}

/** The network that was used last, ready for the next segment; another model or another backend takes its place. */
export class Networks {
  private made: Made | undefined;

  async get(backend: NetworkBackend, model: FfnModel, maxBatch: number): Promise<Network> {
    const { made } = this;
    if (
      made?.backend === backend &&
      made.modelId === model.id &&
      equal(made.network.fieldOfViewZyx, model.fieldOfViewZyx) &&
      made.maxBatch >= maxBatch
    )
      return made.network;
    this.dispose();
    const network = await backend.createNetwork(model, maxBatch);
    this.made = { backend, modelId: model.id, maxBatch, network };
    return network;
  }

  dispose(): void {
    this.made?.network.dispose();
    this.made = undefined;
  }
}
