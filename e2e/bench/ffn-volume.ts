import type { Box } from '../../src/core/box';
import type { Evaluation } from '../../src/engine/protocol';
import type { BenchCase, Contender, Measurement } from './suite';

const TRUTH = 'groundtruth';

const scoresOf = ({ viSplit, viMerge, adaptedRandError }: Evaluation): Measurement => ({
  viSplit,
  viMerge,
  randError: adaptedRandError,
});

/** What labels stored with the volume come to in the box. */
function stored(layer: string, box: Box): Contender {
  let last: Evaluation | undefined;
  return {
    name: layer,
    async run() {
      last = await window.floodlight.evaluate(layer, TRUTH, box);
      return scoresOf(last);
    },
    answer: async () => `${last?.voxels} voxels that count`,
  };
}

/** The box segmented by the network, from its own seeds, and compared with the truth. What is done is told in the console. */
function segmented(model: string, box: Box): Contender {
  const { floodlight } = window;
  let last: Evaluation | undefined;
  return {
    name: `floodlight/${floodlight.backend}`,
    async run() {
      let told = 0;
      const { steps, ids, milliseconds } = await floodlight.segmentVolume({
        algorithm: 'ffn',
        params: { model },
        box,
        onProgress({ steps = 0, voxels, volume }) {
          if (!volume || performance.now() - told < 30_000) return;
          told = performance.now();
          const share = `${(100 * volume.share).toFixed(1)} %`;
          console.info(`${share}: ${volume.objects} objects, ${voxels} voxels, ${steps} steps`);
        },
      });
      last = await floodlight.evaluate('segments', TRUTH, box);
      const seconds = milliseconds / 1000;
      return {
        time: milliseconds,
        rate: steps / seconds,
        steps,
        objects: ids.length,
        ...scoresOf(last),
      };
    },
    answer: async () => `${last?.voxels} voxels that count`,
  };
}

/** Minutes to an hour: on two cores some eight applications a second. */
const volumeCase = (name: string, box: Box): BenchCase => ({
  name: `fib25, ${name} from its own seeds`,
  source: 'fib25/em.zarr',
  mostRuns: 1,
  async prepare(dataUrl) {
    const { floodlight } = window;
    floodlight.maximize('xy');
    const { id } = await floodlight.importModel([`${dataUrl}/ffn-fib25/model.ckpt-27465036.index`]);
    return [segmented(id, box), stored('google_ffn', box), stored('supervoxels', box)];
  },
});

export const volumeCases: readonly BenchCase[] = [
  // The middle of the sample, away from its rims.
  volumeCase('box of 128³', { originZyx: [61, 61, 61], shapeZyx: [128, 128, 128] }),
  volumeCase('whole', { originZyx: [0, 0, 0], shapeZyx: [250, 250, 250] }),
];
