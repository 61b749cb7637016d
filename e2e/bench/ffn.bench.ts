import type { BackendId, FillResult } from '../../src/engine/protocol';
import { volumeCases } from './ffn-volume';
import type { BenchCase, Contender, Suite } from './suite';

const CHECKPOINT = 'ffn-fib25/model.ckpt-27465036.index';
/** Of ffn-fib25/golden/seeds.json. */
const SEED = [30, 24, 115] as const;

/** Grows from the seed through the page's API, STEPS steps. */
function throughPage(backend: BackendId, model: string, batch: number): Contender {
  let last: FillResult | undefined;
  return {
    name: `floodlight/${backend}${batch > 1 ? `, batch ${batch}` : ''}`,
    async run() {
      await window.floodlight.setBackend(backend);
      last = await window.floodlight.segment({
        algorithm: 'ffn',
        seedZyx: SEED,
        params: { model, maxSteps: STEPS, batch },
      });
      if (last.backend !== backend) throw new Error(`It ran on ${last.backend}.`);
      const seconds = last.milliseconds / 1000;
      return {
        time: last.milliseconds,
        rate: (last.steps ?? 0) / seconds,
        voxels: last.voxels / seconds,
      };
    },
    // Sums in another order may put a voxel at the threshold on its other side; larger batches take another way.
    answer: async () => `${last?.steps} steps`,
    async rest() {
      if (last) await window.floodlight.remove(last.id);
      await window.floodlight.settled();
    },
  };
}

const STEPS = 16;

const grow: BenchCase = {
  name: `fib25, ${STEPS} steps`,
  source: 'fib25/em.zarr',
  mostRuns: 5,
  async prepare(dataUrl) {
    const { floodlight } = window;
    floodlight.maximize('xy');
    const { id } = await floodlight.importModel([`${dataUrl}/${CHECKPOINT}`]);
    // On a software adapter a step takes minutes.
    const hasGpu = floodlight.adapter !== null && !floodlight.adapter.isSoftware;
    const backends = hasGpu ? (['webgpu', 'cpu'] as const) : (['cpu'] as const);
    return backends.flatMap((backend) => [1, 4].map((batch) => throughPage(backend, id, batch)));
  },
};

export const suite: Suite = {
  name: 'ffn',
  // A network's applications with all that goes with them: reading, movement, masks, drawing. Fields of view and voxels a second.
  units: {
    time: 'ms',
    rate: 'steps/s',
    voxels: 'voxel/s',
    steps: '',
    objects: '',
    viSplit: 'bit',
    viMerge: 'bit',
    randError: '',
  },
  cases: [grow, ...volumeCases],
};
