import { add, scale, subtract, type Zyx } from '../core/vec';
import type { Ball } from './free-space';
import { stampBall, stampStain, type Tissue } from './organelles';
import { fromTubes } from './warp';

const THINNEST_HOST_NM = 100;
const EVERY_NM = 900;
const MICROTUBULE_HOST_NM = 120;

/** Two directions across a line, at right angles to each other. */
function across(along: Zyx): readonly [Zyx, Zyx] {
  const length = Math.hypot(...along) || 1;
  const [z, y, x] = scale(along, 1 / length);
  const first: Zyx = Math.abs(x) < 0.8 ? [y, -z, 0] : [0, x, -y];
  const unit = scale(first, 1 / Math.hypot(...first));
  return [unit, [y * unit[2] - x * unit[1], x * unit[0] - z * unit[2], z * unit[1] - y * unit[0]]];
}

/** Lays mitochondria and microtubules along the centre lines of all neurites that are thick enough. */
export function addLongOrganelles(tissue: Tissue): void {
  for (const { neurite, balls } of tissue.packing.branches) {
    addMitochondria(tissue, neurite, balls);
    addMicrotubules(tissue, neurite, balls);
  }
}

function addMitochondria(tissue: Tissue, owner: number, balls: readonly Ball[]): void {
  const { random } = tissue;
  let waitNm = random.between(0, EVERY_NM);
  for (let at = 1; at < balls.length; at++) {
    const [ball, previous] = [balls[at] as Ball, balls[at - 1] as Ball];
    waitNm -= Math.hypot(...subtract(ball.centreNm, previous.centreNm));
    if (waitNm > 0 || ball.radiusNm < THINNEST_HOST_NM) continue;
    const lengthNm = random.between(300, 1300);
    addMitochondrion(tissue, owner, balls, at, lengthNm);
    // Thick neurites hold several side by side.
    const density = Math.max(1, ball.radiusNm / 220);
    waitNm = (density > 1.3 ? 0.2 : 1) * lengthNm + random.between(0.3, 1) * (EVERY_NM / density);
  }
}

/** One mitochondrion: a chain of balls at one side of the centre line, thinner towards its ends. */
function addMitochondrion(
  tissue: Tissue,
  owner: number,
  balls: readonly Ball[],
  start: number,
  lengthNm: number,
): void {
  const { random, warp, organelles } = tissue;
  const thickest = Math.min(random.between(75, 200), (balls[start] as Ball).radiusNm * 0.65);
  const [angle, sway] = [random.between(0, 2 * Math.PI), random.between(0, 2 * Math.PI)];
  const off = random.between(0.3, 1);
  for (let at = start, doneNm = 0; at + 1 < balls.length && doneNm < lengthNm; at++) {
    const [ball, next] = [balls[at] as Ball, balls[at + 1] as Ball];
    if (ball.radiusNm < THINNEST_HOST_NM * 0.8) break;
    const along = subtract(next.centreNm, ball.centreNm);
    const stepNm = Math.hypot(...along);
    const [u, v] = across(along);
    const pieces = Math.ceil(stepNm / 25);
    for (let piece = 0; piece < pieces; piece++) {
      const lengthwise = (doneNm + (piece / pieces) * stepNm) / lengthNm;
      const taper = Math.sqrt(Math.max(0.05, 1 - (2 * lengthwise - 1) ** 4));
      const wave = 1 + 0.12 * Math.sin(sway + 9 * lengthwise);
      const radius = Math.min(thickest, ball.radiusNm * 0.62) * taper * wave;
      const aside = off * Math.max(0, ball.radiusNm - radius - 45);
      const turn = angle + 0.5 * Math.sin(sway + 5 * lengthwise);
      const place = add(
        add(ball.centreNm, scale(along, piece / pieces)),
        add(scale(u, aside * Math.cos(turn)), scale(v, aside * Math.sin(turn))),
      );
      stampBall(tissue, organelles.toMitochondrion, owner, fromTubes(warp, place), radius);
    }
    doneNm += stepNm;
  }
}

/** Thin dark lines that keep their place in the cross-section. */
function addMicrotubules(tissue: Tissue, owner: number, balls: readonly Ball[]): void {
  const { random, warp } = tissue;
  const widest = balls.reduce((most, { radiusNm }) => Math.max(most, radiusNm), 0);
  if (widest < MICROTUBULE_HOST_NM) return;
  for (let count = Math.round((widest / 150) * random.between(2, 9)); count > 0; count--) {
    const [angle, off] = [random.between(0, 2 * Math.PI), Math.sqrt(random.next()) * 0.6];
    for (let at = 0; at + 1 < balls.length; at++) {
      const [ball, next] = [balls[at] as Ball, balls[at + 1] as Ball];
      const along = subtract(next.centreNm, ball.centreNm);
      const [u, v] = across(along);
      const aside = off * widest * 0.6;
      if (aside > ball.radiusNm - 40) continue;
      const pieces = Math.ceil(Math.hypot(...along) / 10);
      const centre = add(
        ball.centreNm,
        add(scale(u, aside * Math.cos(angle)), scale(v, aside * Math.sin(angle))),
      );
      for (let piece = 0; piece < pieces; piece++)
        stampStain(
          tissue,
          owner,
          fromTubes(warp, add(centre, scale(along, piece / pieces))),
          7,
          40,
        );
    }
  }
}
