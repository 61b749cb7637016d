import { registry } from 'zarrita';

type LoadCodec = NonNullable<ReturnType<typeof registry.get>>;

const BLOSC_HEADER_BYTES = 16;

/** Throws when a blosc frame is shorter than its header says (bytes 12 to 15, little-endian: its whole length). */
export function checkBloscLength(frame: Uint8Array): void {
  if (frame.length < BLOSC_HEADER_BYTES)
    throw new Error(`it ends after ${frame.length} bytes, within the blosc header`);
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const claimedBytes = view.getUint32(12, true);
  if (claimedBytes < BLOSC_HEADER_BYTES || claimedBytes > frame.length)
    throw new Error(`it has ${frame.length} bytes, its blosc header tells of ${claimedBytes}`);
}

const checked =
  (load: LoadCodec): LoadCodec =>
  async () => {
    const Codec = await load();
    return {
      ...(Codec.kind ? { kind: Codec.kind } : {}),
      fromConfig(config, meta) {
        const codec = Codec.fromConfig(config, meta);
        return {
          kind: codec.kind,
          encode: (bytes) => codec.encode(bytes),
          decode(bytes) {
            checkBloscLength(bytes);
            return codec.decode(bytes);
          },
        };
      },
    };
  };

let installed = false;

/** Has zarrita refuse truncated blosc chunks, which its own decoder turns into arbitrary voxels. */
export function installCheckedCodecs(): void {
  if (installed) return;
  installed = true;
  for (const name of ['blosc', 'numcodecs.blosc']) {
    const load = registry.get(name);
    if (load) registry.set(name, checked(load));
  }
}
