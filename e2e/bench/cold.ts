/** Volumes as they are when nothing of them was ever read. */

/** A volume of nothing: what the page shows before each cold view. */
const blank: ReadonlyMap<string, Blob> = new Map([
  [
    'zarr.json',
    new Blob([
      JSON.stringify({
        zarr_format: 3,
        node_type: 'array',
        shape: [64, 64, 64],
        data_type: 'uint8',
        chunk_grid: { name: 'regular', configuration: { chunk_shape: [64, 64, 64] } },
        chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
        codecs: [{ name: 'bytes' }],
        fill_value: 0,
      }),
    ]),
  ],
]);

export async function showNothing(): Promise<void> {
  await window.floodlight.open(blank);
  await window.floodlight.settled();
}

let runs = 0;
/** An address that no cache has seen. */
export const coldUrl = (url: string): string => `${url}?run=${Date.now()}-${runs++}`;
