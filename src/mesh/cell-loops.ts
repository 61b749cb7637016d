/**
 * How the surface passes through a cell, for each of its 256 configurations.
 *
 * A cell is the cube between the centres of 2 × 2 × 2 voxels; bit `dz * 4 + dy * 2 + dx` of a configuration says whether that
 * corner is foreground. On each face of the cube the surface leaves segments that join the cube edges it crosses; the
 * segments of all faces close to loops, and each loop becomes one vertex of the dual surface (Nielson, Dual Marching
 * Cubes, 2004). A face with two foreground corners on a diagonal is ambiguous: each of the two is cut off on its own
 * (foreground is separated). The rule looks at the face alone, so both cells at a face agree, and every segment joins two
 * vertices and borders two quads: the surface is closed. Only where both cells run one loop through both segments of a
 * face do two edges of the surface coincide.
 *
 * Faces: `axis * 2 + side`, axes 0 = z, 1 = y, 2 = x, side 0 towards lower coordinates.
 * Edges: `axis * 4 + first * 2 + second`, the position on the two other axes in z, y, x order.
 * Links: `face * 2 + segment`; the segment of an ambiguous face is 1 for the foreground corner further on the first of
 * the face's two axes, else 0. A link and its `link ^ 2` in the next cell are the same segment.
 */
export interface CellLoops {
  /** Index of a configuration's first loop; 257 entries. */
  readonly firstLoop: Uint16Array;
  /** Index of a loop's first link in `links`, one entry more than there are loops. */
  readonly firstLink: Uint16Array;
  /** Links of each loop, counter-clockwise seen from outside. */
  readonly links: Uint8Array;
  /** Which loop of the configuration passes a link: `configuration * 12 + link`. */
  readonly loopOfLink: Uint8Array;
  /** Which loop of the configuration passes an edge: `configuration * 12 + edge`. */
  readonly loopOfEdge: Uint8Array;
  /** Sum of a loop's link directions, z, y, x. */
  readonly linkSum: Int8Array;
  /** Sum of the directions from foreground to background on a loop's edges, z, y, x: outward, where it is not zero. */
  readonly outward: Int8Array;
}

/** An edge of the cube as it lies in one of its faces. */
interface FaceEdge {
  readonly edge: number;
  /** Positions of its two ends in the face: `first * 2 + second`. */
  readonly ends: readonly [number, number];
}

interface Loop {
  readonly links: number[];
  readonly edges: number[];
}

const otherAxes = (axis: number): [first: number, second: number] =>
  axis === 0 ? [1, 2] : axis === 1 ? [0, 2] : [0, 1];

/** z × x = y, but z × y = -x and y × x = -z: how the two other axes of an axis turn, seen in x, y, z. */
export const handedness = (axis: number): 1 | -1 => (axis === 1 ? 1 : -1);

/** Weight of an axis in a corner's index. */
const cornerBit = (axis: number): number => 4 >> axis;

const edgeIndex = (axis: number, at: readonly [number, number, number]): number => {
  const [first, second] = otherAxes(axis);
  return axis * 4 + (at[first] ?? 0) * 2 + (at[second] ?? 0);
};

const faceEdges: readonly (readonly FaceEdge[])[] = Array.from({ length: 6 }, (_, face) => {
  const axis = face >> 1;
  const [first, second] = otherAxes(axis);
  const place = (u: number, v: number): [number, number, number] => {
    const at: [number, number, number] = [0, 0, 0];
    at[axis] = face & 1;
    at[first] = u;
    at[second] = v;
    return at;
  };
  return [
    { edge: edgeIndex(second, place(0, 0)), ends: [0, 1] },
    { edge: edgeIndex(second, place(1, 0)), ends: [2, 3] },
    { edge: edgeIndex(first, place(0, 0)), ends: [0, 2] },
    { edge: edgeIndex(first, place(0, 1)), ends: [1, 3] },
  ];
});

/** Whether the corner at `place` (first * 2 + second) of a face is foreground. */
function isForeground(configuration: number, face: number, place: number): boolean {
  const axis = face >> 1;
  const [first, second] = otherAxes(axis);
  const corner =
    (face & 1) * cornerBit(axis) +
    (place >> 1) * cornerBit(first) +
    (place & 1) * cornerBit(second);
  return ((configuration >> corner) & 1) === 1;
}

/** The link across `face` that starts at `edge`, and the edge at its other end. */
function follow(configuration: number, face: number, edge: number): { link: number; next: number } {
  const crossed = (faceEdges[face] ?? []).filter(
    ({ ends }) =>
      isForeground(configuration, face, ends[0]) !== isForeground(configuration, face, ends[1]),
  );
  const start = crossed.find((candidate) => candidate.edge === edge);
  const inside = start?.ends.find((end) => isForeground(configuration, face, end)) ?? 0;
  const ambiguous = crossed.length === 4;
  const next = crossed.find(
    (candidate) => candidate.edge !== edge && (!ambiguous || candidate.ends.includes(inside)),
  );
  return { link: face * 2 + (ambiguous ? inside >> 1 : 0), next: next?.edge ?? edge };
}

/** Direction along its axis in which an edge leaves the foreground: 0 where the surface does not cross it. */
function crossing(configuration: number, edge: number): -1 | 0 | 1 {
  const axis = edge >> 2;
  const [first, second] = otherAxes(axis);
  const low = ((edge >> 1) & 1) * cornerBit(first) + (edge & 1) * cornerBit(second);
  const atLow = (configuration >> low) & 1;
  const atHigh = (configuration >> (low + cornerBit(axis))) & 1;
  return atLow === atHigh ? 0 : atLow === 1 ? 1 : -1;
}

/** The two faces at an edge, ordered so that going from the first to the second turns counter-clockwise seen from outside. */
function facesAt(configuration: number, edge: number): [from: number, to: number] {
  const axis = edge >> 2;
  const [first, second] = otherAxes(axis);
  const atFirst = (edge >> 1) & 1;
  const atSecond = edge & 1;
  const turn = (atFirst === atSecond ? 1 : -1) * handedness(axis) * crossing(configuration, edge);
  const faces: [number, number] = [first * 2 + atFirst, second * 2 + atSecond];
  return turn > 0 ? faces : [faces[1], faces[0]];
}

function traceLoops(configuration: number): Loop[] {
  const loops: Loop[] = [];
  const seen = new Set<number>();
  for (let start = 0; start < 12; start++) {
    if (seen.has(start) || crossing(configuration, start) === 0) continue;
    const loop: Loop = { links: [], edges: [] };
    let edge = start;
    do {
      seen.add(edge);
      loop.edges.push(edge);
      const { link, next } = follow(configuration, facesAt(configuration, edge)[1], edge);
      loop.links.push(link);
      edge = next;
    } while (edge !== start);
    loops.push(loop);
  }
  return loops;
}

function linkSum(loop: Loop): number[] {
  const sum = [0, 0, 0];
  for (const link of loop.links)
    sum[link >> 2] = (sum[link >> 2] ?? 0) + ((link & 2) === 0 ? -1 : 1);
  return sum;
}

function outward(configuration: number, loop: Loop): number[] {
  const sum = [0, 0, 0];
  for (const edge of loop.edges)
    sum[edge >> 2] = (sum[edge >> 2] ?? 0) + crossing(configuration, edge);
  return sum;
}

function buildCellLoops(): CellLoops {
  const loopsOf = Array.from({ length: 256 }, (_, configuration) => traceLoops(configuration));
  const loops = loopsOf.flat();
  const starts = (lengths: number[]): Uint16Array => {
    let sum = 0;
    return Uint16Array.from([0, ...lengths.map((length) => (sum += length))]);
  };
  const loopOfLink = new Uint8Array(256 * 12);
  const loopOfEdge = new Uint8Array(256 * 12);
  for (const [configuration, own] of loopsOf.entries())
    for (const [index, loop] of own.entries()) {
      for (const link of loop.links) loopOfLink[configuration * 12 + link] = index;
      for (const edge of loop.edges) loopOfEdge[configuration * 12 + edge] = index;
    }
  return {
    firstLoop: starts(loopsOf.map((own) => own.length)),
    firstLink: starts(loops.map((loop) => loop.links.length)),
    links: Uint8Array.from(loops.flatMap((loop) => loop.links)),
    loopOfLink,
    loopOfEdge,
    linkSum: Int8Array.from(loops.flatMap(linkSum)),
    outward: Int8Array.from(
      loopsOf.flatMap((own, configuration) => own.flatMap((loop) => outward(configuration, loop))),
    ),
  };
}

export const cellLoops: CellLoops = buildCellLoops();
