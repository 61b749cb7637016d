import { registry } from 'zarrita';
import { codecFailed } from './codec-failed';
import type { Coder } from './coder';
import { type DecodePlan, mostStoredBytes } from './job';

/** The one codec of arrays as zarrita sees them, beside `bytes`: its configuration is a `DecodePlan`. */
export const PLANNED_CODEC = 'floodlight';

const signals = new WeakMap<Uint8Array, AbortSignal>();

/** Has the decoding of these very bytes given up once the signal fires: zarrita hands no signals to codecs. */
export function abortable(bytes: Uint8Array, signal: AbortSignal): Uint8Array {
  signals.set(bytes, signal);
  return bytes;
}

type Decoder = Pick<Coder, 'decode' | 'recycle'>;

let installed: Decoder | undefined;

/** Gives a decoded chunk back that nobody reads any more, if it owns its buffer: another one will lie there. */
export function recycle({ buffer, byteLength }: ArrayBufferView): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) installed?.recycle(buffer);
}

async function decode(decoder: Decoder, plan: DecodePlan, bytes: Uint8Array) {
  const { steps, decodedBytes } = plan;
  const most = mostStoredBytes(decodedBytes);
  if (bytes.length > most)
    throw codecFailed('bytes', `it has ${bytes.length} bytes as stored, more than ${most}`);
  if (steps.length > 0) return decoder.decode({ steps, decodedBytes, bytes }, signals.get(bytes));
  if (bytes.length === decodedBytes) return bytes;
  throw codecFailed('bytes', `it has ${bytes.length} bytes instead of ${decodedBytes}`);
}

/** What a chunk's stored bytes decode to by a plan; CODEC_FAILED where they cannot be right. The bytes are given away. */
export function decodePlanned(
  plan: DecodePlan,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (!installed) throw codecFailed(PLANNED_CODEC, 'no decoder is installed');
  return decode(installed, plan, abortable(bytes, signal));
}

/** Has zarrita decode by this decoder whatever is opened with a plan. To be called before the first chunk is read. */
export function installCodecs(decoder: Decoder): void {
  installed = decoder;
  registry.set(PLANNED_CODEC, async () => ({
    fromConfig(configuration) {
      // Made by planDecode: all that comes here are documents of our own.
      const plan = configuration as DecodePlan;
      return {
        kind: 'bytes_to_bytes',
        encode: () => Promise.reject(codecFailed(PLANNED_CODEC, 'it only decodes')),
        decode: (bytes: Uint8Array) => decode(decoder, plan, bytes),
        computeEncodedSize: (decodedBytes) => plan.encodedBytes ?? decodedBytes,
      };
    },
  }));
}
