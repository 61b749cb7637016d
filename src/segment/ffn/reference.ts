import { volumeOf, type Zyx } from '../../core/vec';
import type { FfnThresholds } from './params';

/** Everything that google/ffn's inference of one segment is given. */
export interface ReferenceInput {
  readonly shapeZyx: Zyx;
  readonly startZyx: Zyx;
  readonly fieldOfViewZyx: Zyx;
  readonly deltasZyx: Zyx;
  readonly thresholds: FfnThresholds;
  /** Normalised, C-ordered, the whole volume. */
  readonly image: Float32Array;
  /** Segments that are finished, 0 where there is none. */
  readonly segmentation: Uint32Array;
  readonly maxSteps: number;
  apply(image: Float32Array, seed: Float32Array): Promise<Float32Array>;
}

export interface ReferenceOutcome {
  readonly logits: Float32Array;
  readonly visited: readonly Zyx[];
  readonly isWeak: boolean;
  /** 1 where the segment is. */
  readonly mask: Uint8Array;
}

/**
 * The plain twin of the inference of one segment: one dense canvas, as google/ffn's `Canvas.segment_at` and
 * `FaceMaxMovementPolicy` have it, line by line and without thought of speed.
 */
export async function referenceSegment(input: ReferenceInput): Promise<ReferenceOutcome> {
  const { shapeZyx, startZyx, fieldOfViewZyx, deltasZyx, thresholds } = input;
  const at = ([z, y, x]: Zyx) => (z * shapeZyx[1] + y) * shapeZyx[2] + x;
  const logits = new Float32Array(volumeOf(shapeZyx)).fill(Number.NaN);
  const value = (zyx: Zyx) => logits[at(zyx)] ?? Number.NaN;
  logits[at(startZyx)] = thresholds.init;
  const margin = fieldOfViewZyx.map((size) => Math.floor(size / 2)) as unknown as Zyx;
  const queue: Zyx[] = [startZyx];
  const done = new Set<string>();
  const visited: Zyx[] = [];
  const quantize = (zyx: Zyx) =>
    zyx
      .map((p, axis) => {
        const delta = deltasZyx[axis] ?? 1;
        return Math.floor((p - (startZyx[axis] ?? 0) + Math.floor(delta / 2)) / Math.max(delta, 1));
      })
      .join();
  const isValid = (zyx: Zyx) => {
    if (value(zyx) < thresholds.move) return false;
    for (const axis of [0, 1, 2] as const)
      if (zyx[axis] - margin[axis] < 0 || zyx[axis] + margin[axis] >= shapeZyx[axis]) return false;
    return !((input.segmentation[at(zyx)] ?? 0) > 0);
  };
  while (visited.length < input.maxSteps) {
    const pos = queue.shift();
    if (!pos) break;
    if (done.has(quantize(pos)) || !isValid(pos)) continue;
    if (value(startZyx) < thresholds.move) break;
    const places: number[] = [];
    for (let z = pos[0] - margin[0]; z <= pos[0] + margin[0]; z++)
      for (let y = pos[1] - margin[1]; y <= pos[1] + margin[1]; y++)
        for (let x = pos[2] - margin[2]; x <= pos[2] + margin[2]; x++) places.push(at([z, y, x]));
    const before = Float32Array.from(places, (place) => logits[place] ?? Number.NaN);
    const result = await input.apply(
      Float32Array.from(places, (place) => input.image[place] ?? 0),
      before.map((old) => (Number.isNaN(old) ? thresholds.pad : old)),
    );
    const share = result.filter((logit) => logit >= thresholds.move).length / result.length;
    if (thresholds.disco >= 0 && share > thresholds.disco)
      for (const [index, old] of before.entries())
        if (old < 0 && (result[index] ?? 0) > old) result[index] = old;
    for (const [index, place] of places.entries()) logits[place] = result[index] ?? 0;
    visited.push(pos);
    done.add(quantize(pos));
    for (const [, offset] of scoredMoves(result, fieldOfViewZyx, deltasZyx, thresholds.move))
      queue.push([pos[0] + offset[0], pos[1] + offset[1], pos[2] + offset[2]]);
  }
  const mask = Uint8Array.from(logits, (logit, index) =>
    logit >= thresholds.segment && !((input.segmentation[index] ?? 0) > 0) ? 1 : 0,
  );
  return { logits, visited, isWeak: value(startZyx) < thresholds.move, mask };
}

function scoredMoves(
  logits: Float32Array,
  shapeZyx: Zyx,
  deltasZyx: Zyx,
  threshold: number,
): [number, Zyx][] {
  const [cz, cy, cx] = shapeZyx.map((size) => Math.floor(size / 2)) as unknown as Zyx;
  const [dz, dy, dx] = deltasZyx;
  const found = new Map<string, [number, Zyx]>();
  const face = (offsets: Zyx[]) => {
    const scores = offsets.map(
      ([z, y, x]) => logits[((cz + z) * shapeZyx[1] + cy + y) * shapeZyx[2] + cx + x] ?? 0,
    );
    const score = Math.max(...scores);
    const offset = offsets[scores.indexOf(score)];
    if (offset && score >= threshold) found.set(`${score} ${offset}`, [score, offset]);
  };
  const span = (delta: number) => Array.from({ length: 2 * delta + 1 }, (_, i) => i - delta);
  for (const z of [-dz, dz])
    if (dz > 0) face(span(dy).flatMap((y) => span(dx).map((x): Zyx => [z, y, x])));
  for (const y of [-dy, dy])
    if (dy > 0) face(span(dz).flatMap((z) => span(dx).map((x): Zyx => [z, y, x])));
  for (const x of [-dx, dx])
    if (dx > 0) face(span(dz).flatMap((z) => span(dy).map((y): Zyx => [z, y, x])));
  return [...found.values()].sort(
    ([a, p], [b, q]) => b - a || q[0] - p[0] || q[1] - p[1] || q[2] - p[2],
  );
}
