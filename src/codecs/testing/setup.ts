/** Of every test in Node: what `openVolume` reads is decoded by our module, loaded with the first chunk. */
import { installCodecs } from '../install';

const coder = async () => (await import('./coder')).testCoder;

installCodecs({
  decode: async (job, signal) => (await coder()).decode(job, signal),
  recycle: (buffer) => void coder().then(({ recycle }) => recycle(buffer)),
});
