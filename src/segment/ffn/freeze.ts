/**
 * Freezes disconnection in a field of view (google/ffn's `disco_seed_threshold`): where more than the share `disco` of it is
 * object (logit `move` or more), voxels that were below 0, thus taken for something else, do not come back. Changes
 * `logits`; `before` has NaN where nothing was known, and such voxels are never frozen.
 */
export function freezeDisconnection(
  logits: Float32Array,
  before: Float32Array,
  move: number,
  disco: number,
): void {
  if (disco < 0) return;
  let object = 0;
  for (let i = 0; i < logits.length; i++) if ((logits[i] ?? 0) >= move) object++;
  if (object / logits.length <= disco) return;
  for (let i = 0; i < logits.length; i++) {
    const old = before[i] ?? Number.NaN;
    if (old < 0 && (logits[i] ?? 0) > old) logits[i] = old;
  }
}
