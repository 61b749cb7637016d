import { add, scale, type Zyx } from '../core/vec';
import { type Ball, FreeSpace, MARGIN_NM } from './free-space';
import { makeRandom, type Random } from './random';

/** One unbranched stretch of a neurite, a chain of overlapping balls; `neurite` counts from 1. */
export interface Branch {
  readonly neurite: number;
  readonly balls: readonly Ball[];
}

/** A packing: branches in the order of their neurites, and how far from a ball any point of the box is. */
export interface Packing {
  readonly count: number;
  readonly branches: readonly Branch[];
  readonly free: FreeSpace;
}

/** One generation of neurites: thick ones first, each later one fills what the earlier ones left. */
interface Generation {
  readonly radiusNm: readonly [low: number, high: number];
  /** Stops when the balls fill this share of the box. */
  readonly fill: number;
  readonly branchEveryNm: number;
  readonly wander: number;
}

const GENERATIONS: readonly Generation[] = [
  { radiusNm: [320, 560], fill: 0.3, branchEveryNm: 1300, wander: 0.1 },
  { radiusNm: [140, 300], fill: 0.5, branchEveryNm: 900, wander: 0.2 },
  { radiusNm: [75, 150], fill: 0.7, branchEveryNm: 700, wander: 0.3 },
];
const FILLERS: Generation = { radiusNm: [35, 85], fill: 1, branchEveryNm: 500, wander: 0.4 };

const THINNEST_NM = 24;
const SHORTEST_NM = 350;
/** A hole with more room than this is filled even by a short neurite. */
const LARGEST_HOLE_NM = 80;

interface Tip {
  at: Zyx;
  heading: Zyx;
  radiusNm: number;
  targetNm: number;
}

const normalise = (a: Zyx): Zyx => scale(a, 1 / Math.hypot(...a));
const dot = (a: Zyx, b: Zyx) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** The heading, of several near the old one, that leads to the most room. */
function steer(random: Random, free: FreeSpace, tip: Tip, lookNm: number, wander: number): Zyx {
  let [best, bestScore] = [tip.heading, -1e9];
  for (let attempt = 0; attempt < 9; attempt++) {
    const bend = attempt === 0 ? 0.05 : wander * (1 + attempt * 0.25);
    const heading = normalise(add(tip.heading, scale(random.direction(), bend)));
    const ahead = add(tip.at, scale(heading, lookNm));
    if (!free.contains(ahead)) continue;
    const room = Math.min(free.at(ahead), tip.targetNm) / tip.targetNm;
    const score = room + 0.8 * dot(heading, tip.heading) + 0.15 * random.next();
    if (score > bestScore) [best, bestScore] = [heading, score];
  }
  return best;
}

/** Grows one branch to where it leaves the box or finds no room; side branches are added to `tips`. */
function growBranch(
  random: Random,
  free: FreeSpace,
  tip: Tip,
  generation: Generation,
  tips: Tip[],
) {
  const balls: Ball[] = [];
  const [swell, phase] = [random.between(0.1, 0.45), random.between(0, 2 * Math.PI)];
  const swellEveryNm = 4 * tip.targetNm + random.between(200, 900);
  let lengthNm = 0;
  while (free.contains(tip.at)) {
    const room = free.at(tip.at);
    if (room < THINNEST_NM) break;
    const stepNm = Math.max(18, tip.radiusNm * 0.5);
    const wanted =
      tip.targetNm * (1 + swell * Math.sin(phase + (2 * Math.PI * lengthNm) / swellEveryNm));
    const change = Math.max(-0.3 * stepNm, Math.min(0.3 * stepNm, wanted - tip.radiusNm));
    tip.radiusNm = Math.max(THINNEST_NM, Math.min(tip.radiusNm + change, room));
    balls.push({ centreNm: tip.at, radiusNm: tip.radiusNm });
    if (lengthNm > tip.radiusNm && random.next() < stepNm / generation.branchEveryNm) {
      const side = normalise(add(scale(random.direction(), 1.2), scale(tip.heading, 0.7)));
      const targetNm = tip.targetNm * random.between(0.25, 0.75);
      if (targetNm > THINNEST_NM)
        tips.push({
          at: tip.at,
          heading: side,
          radiusNm: Math.min(targetNm, tip.radiusNm),
          targetNm,
        });
    }
    tip.heading = steer(random, free, tip, Math.max(24, tip.radiusNm), generation.wander);
    tip.at = add(tip.at, scale(tip.heading, stepNm));
    tip.targetNm *= 1 - stepNm / 12000;
    lengthNm += stepNm;
  }
  return { balls, lengthNm };
}

/** A whole neurite from a point, both ways and with its branches. */
function growNeurite(random: Random, free: FreeSpace, at: Zyx, generation: Generation) {
  const targetNm = random.between(...generation.radiusNm);
  const radiusNm = Math.min(targetNm, free.at(at));
  const heading = random.direction();
  const tips: Tip[] = [
    { at, heading, radiusNm, targetNm },
    { at, heading: scale(heading, -1), radiusNm, targetNm },
  ];
  const chains: Ball[][] = [];
  let lengthNm = 0;
  for (let tip = tips.pop(); tip; tip = tips.pop()) {
    const grown = growBranch(random, free, tip, generation, tips);
    if (grown.balls.length > 0) chains.push(grown.balls);
    lengthNm += grown.lengthNm;
  }
  return { chains, lengthNm };
}

const volumeNm3 = (chain: readonly Ball[]) =>
  chain.reduce((sum, { radiusNm }) => sum + Math.PI * radiusNm ** 3 * 0.5, 0);

/**
 * Packs a box of `sizeNm` (z, y, x, from the origin) with branching, tapering neurites: tubes grown one after the other
 * into the room the earlier ones left, thick ones first.
 */
export function packNeurites(seed: number, sizeNm: Zyx): Packing {
  const random = makeRandom(seed, 'neurites');
  const free = new FreeSpace(sizeNm);
  const branches: Branch[] = [];
  const boxNm3 = sizeNm.reduce((product, size) => product * (size + 2 * MARGIN_NM), 1);
  const widestNm = Math.min(...sizeNm) / 4;
  let count = 0;
  let filledNm3 = 0;

  const tryAt = (at: Zyx, generation: Generation): void => {
    const room = free.at(at);
    const { chains, lengthNm } = growNeurite(random, free, at, generation);
    if (lengthNm < SHORTEST_NM && room < LARGEST_HOLE_NM) return;
    count += 1;
    for (const balls of chains) {
      branches.push({ neurite: count, balls });
      filledNm3 += volumeNm3(balls);
      free.add(balls, generation.radiusNm[1] * 1.2 + 30);
    }
  };

  for (const generation of GENERATIONS) {
    if (generation.radiusNm[0] > widestNm) continue;
    for (let attempt = 0; attempt < 2000 && filledNm3 < generation.fill * boxNm3; attempt++) {
      const at = free.cellNm(random.below(free.distanceNm.length));
      if (free.contains(at) && free.at(at) > generation.radiusNm[0] * 0.8) tryAt(at, generation);
    }
  }
  for (const cell of shuffled(random, free.distanceNm.length)) {
    const at = free.cellNm(cell);
    if ((free.distanceNm[cell] as number) > 1.8 * THINNEST_NM && free.contains(at))
      tryAt(at, FILLERS);
  }
  return { count, branches, free };
}

function shuffled(random: Random, count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, at) => at);
  for (let at = count - 1; at > 0; at--) {
    const other = random.below(at + 1);
    [order[at], order[other]] = [order[other] as number, order[at] as number];
  }
  return order;
}
