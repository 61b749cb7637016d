/** A square that no distance in a volume reaches. */
const FAR = 2 ** 40;

/** Bits of planes: which voxels are edges. */
export class PlaneBits {
  private readonly words: Uint32Array;
  private readonly wordsPerPlane: number;

  constructor(
    readonly planes: number,
    readonly voxelsPerPlane: number,
  ) {
    this.wordsPerPlane = Math.ceil(voxelsPerPlane / 32);
    this.words = new Uint32Array(planes * this.wordsPerPlane);
  }

  set(z: number, edges: Uint8Array): void {
    const from = z * this.wordsPerPlane;
    for (let i = 0; i < edges.length; i++)
      if (edges[i])
        this.words[from + (i >>> 5)] = (this.words[from + (i >>> 5)] ?? 0) | (1 << (i & 31));
  }

  has(z: number, index: number): boolean {
    const word = this.words[z * this.wordsPerPlane + (index >>> 5)] ?? 0;
    return ((word >>> (index & 31)) & 1) === 1;
  }
}

/**
 * The lower envelope of parabolas over a row (P. Felzenszwalb, D. Huttenlocher, “Distance transforms of sampled functions”, Theory of
 * Computing 2012): replaces `values[from + i * stride]` by the least of (i − j)² + the value at j.
 */
class Envelope {
  private readonly vertices: Int32Array;
  private readonly heights: Float64Array;
  private readonly starts: Float64Array;

  constructor(length: number) {
    this.vertices = new Int32Array(length);
    this.heights = new Float64Array(length);
    this.starts = new Float64Array(length + 1);
  }

  replace(values: Float64Array, from: number, stride: number, length: number): void {
    const { vertices, heights, starts } = this;
    let last = -1;
    for (let at = 0; at < length; at++) {
      const height = values[from + at * stride] ?? FAR;
      if (height >= FAR) continue;
      let start = Number.NEGATIVE_INFINITY;
      while (last >= 0) {
        const vertex = vertices[last] ?? 0;
        // Where the parabola of `at` goes below the last one.
        start = (height + at * at - (heights[last] ?? 0) - vertex * vertex) / (2 * (at - vertex));
        if (start > (starts[last] ?? 0)) break;
        last--;
        start = Number.NEGATIVE_INFINITY;
      }
      last++;
      vertices[last] = at;
      heights[last] = height;
      starts[last] = start;
    }
    if (last < 0) return;
    starts[last + 1] = Number.POSITIVE_INFINITY;
    let current = 0;
    for (let at = 0; at < length; at++) {
      while ((starts[current + 1] ?? 0) < at) current++;
      const offset = at - (vertices[current] ?? 0);
      values[from + at * stride] = offset * offset + (heights[current] ?? 0);
    }
  }
}

/**
 * Squares of the exact Euclidean distances of a volume's voxels to the nearest edge, in voxels, plane by plane from z = 0 on: along z by
 * the last and the next edge of each column, then by lower envelopes along y and x. `FAR` or more where there is no edge at all.
 */
export class DistancePlanes {
  private readonly last: Int32Array;
  /** The next edge of each column from the present plane on; the number of planes where there is none. */
  private readonly next: Int32Array;
  private readonly envelope: Envelope;
  private z = 0;

  constructor(
    private readonly edges: PlaneBits,
    private readonly sizeY: number,
    private readonly sizeX: number,
  ) {
    this.last = new Int32Array(edges.voxelsPerPlane).fill(-1);
    this.next = new Int32Array(edges.voxelsPerPlane).fill(-1);
    this.envelope = new Envelope(Math.max(sizeY, sizeX));
  }

  /** The squares of the next plane. */
  pull(): Float64Array {
    const { sizeY, sizeX, envelope } = this;
    const squares = this.alongZ(this.z++);
    for (let x = 0; x < sizeX; x++) envelope.replace(squares, x, sizeX, sizeY);
    for (let y = 0; y < sizeY; y++) envelope.replace(squares, y * sizeX, 1, sizeX);
    return squares;
  }

  private alongZ(z: number): Float64Array {
    const { edges, last, next } = this;
    const squares = new Float64Array(last.length);
    for (let i = 0; i < squares.length; i++) {
      let ahead = next[i] ?? 0;
      if (ahead < z) {
        ahead = z;
        while (ahead < edges.planes && !edges.has(ahead, i)) ahead++;
        next[i] = ahead;
      }
      if (ahead === z) last[i] = z;
      const behind = last[i] ?? -1;
      const down = ahead < edges.planes ? (ahead - z) ** 2 : FAR;
      const up = behind >= 0 ? (z - behind) ** 2 : FAR;
      squares[i] = Math.min(down, up);
    }
    return squares;
  }
}

/** Whether there was any edge for a square of a distance. */
export const isKnown = (square: number): boolean => square < FAR;
