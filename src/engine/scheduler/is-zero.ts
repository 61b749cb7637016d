/** Whether all bytes are 0; ends at the first that is not. */
export function isZero({ buffer, byteOffset, byteLength }: ArrayBufferView): boolean {
  const head = byteOffset % 4 === 0 ? byteLength - (byteLength % 4) : 0;
  const words = new Int32Array(buffer, head > 0 ? byteOffset : 0, head / 4);
  for (let i = 0; i < words.length; i++) if (words[i] !== 0) return false;
  const rest = new Uint8Array(buffer, byteOffset + head, byteLength - head);
  return rest.every((byte) => byte === 0);
}
