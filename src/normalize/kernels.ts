import type { ImageArray, ImageDtype } from '../core/dtype';
import { FloodlightError } from '../core/errors';
import type { Arena } from '../wasm/arena';
import type { WasmInstance } from '../wasm/module';
import { statusName } from '../wasm/status';

/** Functions of the module `codecs` that come from wasm/normalize. */
export type NormalizeFunction =
  | 'normalize'
  | 'statistics'
  | 'histogram'
  | 'histogram_within'
  | 'clahe'
  | 'clahe_scratch'
  | 'gaussian'
  | 'gaussian_scratch';

export type Kernels = WasmInstance<NormalizeFunction>;

/** Voxel types as the module numbers them: wasm/normalize/voxels.h has the same numbers. */
export const KIND = { uint8: 0, uint16: 1, int16: 2, float32: 3, float16: 4 } as const;

export function dtypeOf(voxels: ImageArray): ImageDtype {
  if (voxels instanceof Uint8Array) return 'uint8';
  if (voxels instanceof Uint16Array) return 'uint16';
  return voxels instanceof Int16Array ? 'int16' : 'float32';
}

/** Lays out copies of arrays, and room for so many bytes where a number is given; returns where each lies. */
export function place<const Blocks extends readonly (ArrayBufferView | number)[]>(
  arena: Arena,
  blocks: Blocks,
): { [I in keyof Blocks]: number } {
  const sizeOf = (block: ArrayBufferView | number) =>
    typeof block === 'number' ? block : block.byteLength;
  const places = arena.layout(blocks.map(sizeOf));
  for (const [index, block] of blocks.entries()) {
    if (typeof block === 'number') continue;
    const { buffer, byteOffset, byteLength } = block;
    arena.bytes(places[index] ?? 0, byteLength).set(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return places as { [I in keyof Blocks]: number };
}

/** A copy of some of the memory. */
export const copyOut = (arena: Arena, at: number, lengthBytes: number): ArrayBuffer =>
  arena.bytes(at, lengthBytes).slice().buffer;

const constructors = {
  uint8: Uint8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  float32: Float32Array,
} as const;

/** An array of a dtype over a buffer, not copied. */
export const arrayOf = (dtype: ImageDtype, buffer: ArrayBuffer): ImageArray =>
  new constructors[dtype](buffer);

/** A function's result; BAD_PARAMETERS naming `what` where it is a status. */
export function checked(what: string, result: number): number {
  if (result >= 0) return result;
  const reason = `the kernel refused its arguments (${statusName(result)})`;
  throw new FloodlightError('BAD_PARAMETERS', { what, reason });
}
