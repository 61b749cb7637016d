/** A tensor in a file, known by what the file claims of it; what is read is checked. */
export interface StoredTensor {
  /** As zarr and safetensors would name it: float32, int64, … */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Its values, C-ordered, copied out of the file; only of float32. Throws BAD_MODEL where they are damaged. */
  read(): Float32Array;
}

export type StoredTensors = ReadonlyMap<string, StoredTensor>;

/** Little-endian values of any alignment, copied. */
export const floatsOf = (bytes: Uint8Array): Float32Array =>
  new Float32Array(Uint8Array.from(bytes).buffer);

/** How many elements a shape has. */
export const elementsOf = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1);

/** A place of a file that belongs to something. */
export interface Extent {
  readonly offset: number;
  readonly sizeBytes: number;
}

/** Whether any two extents of one file share bytes: then a small file could claim no end of tensors. */
export function doOverlap(extents: readonly Extent[]): boolean {
  const inOrder = extents
    .filter(({ sizeBytes }) => sizeBytes > 0)
    .sort((a, b) => a.offset - b.offset);
  let end = 0;
  return inOrder.some(({ offset, sizeBytes }) => {
    const isOverlap = offset < end;
    end = offset + sizeBytes;
    return isOverlap;
  });
}
