/** The values of a .npy file of u8 or f32, C-ordered, version 1.0, as NumPy writes them. */
export function parseNpy(file: Uint8Array): Uint8Array | Float32Array {
  const start = 10 + new DataView(file.buffer, file.byteOffset).getUint16(8, true);
  const header = new TextDecoder().decode(file.subarray(10, start));
  const bytes = new Uint8Array(file.subarray(start));
  if (header.includes('True')) throw new Error(`not C-ordered: ${header}`);
  if (header.includes("'|u1'")) return bytes;
  if (header.includes("'<f4'")) return new Float32Array(bytes.buffer);
  throw new Error(`of another type: ${header}`);
}

/** What is known of a field of view of 33³: normalised image, seed, and the logits of two steps, the second with the first's as its seed. */
export interface GoldenField {
  readonly image: Float32Array;
  readonly seed: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
}

/** The field of view that the published network (FIB-25) was applied to elsewhere, in doubles; `read` gives the bytes of a file below FLOODLIGHT_DATA. */
export async function readGoldenField(
  read: (path: string) => Promise<Uint8Array>,
): Promise<GoldenField> {
  const names = ['image_zyx_u8', 'step1_seed_logits', 'step1_out_logits', 'step2_out_logits'];
  const [voxels, seed, first, second] = await Promise.all(
    names.map(async (name) => parseNpy(await read(`ffn-fib25/golden/${name}.npy`))),
  );
  return {
    image: Float32Array.from(voxels ?? [], (value) => (value - 128) / 33),
    seed: Float32Array.from(seed ?? []),
    first: Float32Array.from(first ?? []),
    second: Float32Array.from(second ?? []),
  };
}
