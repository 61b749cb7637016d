import { readFile } from 'node:fs/promises';
import { dataPath } from '../volume/testing/data';

/** The values of a .npy file of u8 or f32, C-ordered, version 1.0, as NumPy writes them. */
async function readNpy(name: string): Promise<Uint8Array | Float32Array> {
  const file = await readFile(dataPath(`ffn-fib25/golden/${name}.npy`));
  const start = 10 + file.readUInt16LE(8);
  const header = file.toString('latin1', 10, start);
  if (header.includes('True')) throw new Error(`${name} is not C-ordered`);
  const bytes = Uint8Array.from(file.subarray(start));
  if (header.includes("'|u1'")) return bytes;
  if (header.includes("'<f4'")) return new Float32Array(bytes.buffer);
  throw new Error(`${name} is of another type: ${header}`);
}

/** A field of view of 33³ through the published network, calculated elsewhere in doubles: two steps, the second with the first's logits as its seed. */
export async function goldenFieldOfView() {
  const voxels = await readNpy('image_zyx_u8');
  const [seed, first, second] = await Promise.all(
    ['step1_seed_logits', 'step1_out_logits', 'step2_out_logits'].map(readNpy),
  );
  return {
    image: Float32Array.from(voxels, (value) => (value - 128) / 33),
    seed: Float32Array.from(seed ?? []),
    first: Float32Array.from(first ?? []),
    second: Float32Array.from(second ?? []),
  };
}
