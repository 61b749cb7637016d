import { type Box, intersect } from '../../core/box';
import type { Zyx } from '../../core/vec';
import { Canvas } from './canvas';
import type { CanvasStore } from './canvas-store';
import { fieldOfView, hasContext } from './fov';
import { freezeDisconnection } from './freeze';
import { faceMaxima, latticeCell } from './movement';
import type { FfnThresholds } from './params';

/** What an object grows by; all in voxels of the level that the network sees. */
export interface ObjectSetup {
  readonly startZyx: Zyx;
  readonly fieldOfViewZyx: Zyx;
  readonly deltasZyx: Zyx;
  readonly thresholds: FfnThresholds;
  /** Where fields of view have to lie. */
  readonly canvas: Box;
  /** Whether a finished segment has this voxel. */
  isTaken(zyx: Zyx): boolean;
}

/** A ball of voxels of the finest level that an object is kept out of. */
export interface LevelBall {
  /** The voxel in its middle, of the level that the network sees. */
  readonly zyx: Zyx;
  /** In voxels of the finest level, and how many of those one of the level's spans. */
  readonly radius: number;
  readonly scaleZyx: Zyx;
}

/** So many queued positions are looked at for one application of the network. */
const MOST_LOOKED_AT = 256;

/**
 * One object as it grows: its canvas and its queue, google/ffn's `FaceMaxMovementPolicy`. Knows no network: positions come
 * out of `take`, and what the network made of them goes into `apply`.
 */
export class FfnObject {
  readonly canvas: Canvas;
  /** Fields of view that were applied. */
  steps = 0;
  private queue: Zyx[] = [];
  private readonly visited = new Set<string>();
  private readonly balls: LevelBall[] = [];

  constructor(
    private readonly setup: ObjectSetup,
    store: CanvasStore,
  ) {
    this.canvas = new Canvas(store);
    this.canvas.set(setup.startZyx, setup.thresholds.init);
    this.queue.push(setup.startZyx);
  }

  get startZyx(): Zyx {
    return this.setup.startZyx;
  }

  get fieldOfViewZyx(): Zyx {
    return this.setup.fieldOfViewZyx;
  }

  /** Positions that wait, those among them that will turn out to be visited already. */
  get queued(): number {
    return this.queue.length;
  }

  get waiting(): readonly Zyx[] {
    return this.queue;
  }

  /** Whether the network no longer believes in the start; growing ends then. */
  get isWeak(): boolean {
    return this.canvas.at(this.setup.startZyx) < this.setup.thresholds.move;
  }

  /**
   * The next positions to look at, no longer queued: the first that may be visited, and, for more than one, those behind it whose
   * fields of view overlap none before them. Empty when the object has ended.
   */
  take(most: number): Zyx[] {
    const taken: Zyx[] = [];
    const left: Zyx[] = [];
    let at = 0;
    for (; at < this.queue.length && taken.length < most; at++) {
      if (taken.length > 0 && at >= MOST_LOOKED_AT) break;
      const zyx = this.queue[at];
      if (!zyx || this.visited.has(this.cell(zyx))) continue;
      if (!this.mayVisit(zyx)) {
        // One ahead of its turn may still become part of the object until then.
        if (taken.length > 0) left.push(zyx);
        continue;
      }
      if (taken.length === 0 && this.isWeak) {
        this.queue = [];
        return [];
      }
      if (taken.some((other) => this.overlap(zyx, other))) left.push(zyx);
      else taken.push(zyx);
    }
    this.queue = [...left, ...this.queue.slice(at)];
    return taken;
  }

  /** Puts positions back that `take` gave and nobody applied the network to. */
  putBack(positions: readonly Zyx[]): void {
    this.queue = [...positions, ...this.queue];
  }

  /** What the network is to be given of a field of view: the canvas, padded where it was never visited. */
  seedOf(zyx: Zyx): Float32Array {
    const { pad } = this.setup.thresholds;
    const seed = this.canvas.read(fieldOfView(zyx, this.setup.fieldOfViewZyx));
    for (let i = 0; i < seed.length; i++) if (Number.isNaN(seed[i])) seed[i] = pad;
    return seed;
  }

  /** Takes in what the network made of a field of view; changes `logits` where disconnection is frozen. */
  apply(zyx: Zyx, logits: Float32Array): void {
    const { fieldOfViewZyx, deltasZyx, thresholds } = this.setup;
    const box = fieldOfView(zyx, fieldOfViewZyx);
    freezeDisconnection(logits, this.canvas.read(box), thresholds.move, thresholds.disco);
    this.canvas.write(box, logits);
    for (const ball of this.balls) this.forbid(ball, box);
    this.steps++;
    this.visited.add(this.cell(zyx));
    for (const { offsetZyx } of faceMaxima(logits, fieldOfViewZyx, deltasZyx, thresholds.move))
      this.queue.push([zyx[0] + offsetZyx[0], zyx[1] + offsetZyx[1], zyx[2] + offsetZyx[2]]);
  }

  /**
   * Grows from another seed too. What is known around it is forgotten where it is not the object's: else disconnection, once
   * frozen, would keep the object away.
   */
  addSeed(zyx: Zyx): void {
    const { fieldOfViewZyx, thresholds, startZyx, deltasZyx } = this.setup;
    const box = fieldOfView(zyx, fieldOfViewZyx);
    const logits = this.canvas.read(box);
    for (let i = 0; i < logits.length; i++)
      if ((logits[i] ?? 0) < thresholds.segment) logits[i] = Number.NaN;
    this.canvas.write(box, logits);
    for (const ball of this.balls) this.forbid(ball, box);
    this.canvas.set(zyx, thresholds.init);
    const [cellZ, cellY, cellX] = latticeCell(zyx, startZyx, deltasZyx);
    for (let z = -1; z <= 1; z++)
      for (let y = -1; y <= 1; y++)
        for (let x = -1; x <= 1; x++) this.visited.delete(`${cellZ + z},${cellY + y},${cellX + x}`);
    this.queue.unshift(zyx);
  }

  /** Keeps the object out of a ball from now on. */
  block(ball: LevelBall): void {
    this.balls.push(ball);
    this.forbid(ball, this.setup.canvas);
  }

  dispose(): void {
    this.queue = [];
    this.canvas.dispose();
  }

  private cell(zyx: Zyx): string {
    return latticeCell(zyx, this.setup.startZyx, this.setup.deltasZyx).join();
  }

  private mayVisit(zyx: Zyx): boolean {
    const { canvas, fieldOfViewZyx, thresholds } = this.setup;
    if (this.canvas.at(zyx) < thresholds.move) return false;
    return hasContext(zyx, fieldOfViewZyx, canvas) && !this.setup.isTaken(zyx);
  }

  private overlap(a: Zyx, b: Zyx): boolean {
    const { fieldOfViewZyx } = this.setup;
    return a.every((at, axis) => Math.abs(at - (b[axis] ?? 0)) < (fieldOfViewZyx[axis] ?? 0));
  }

  /** Says of the voxels of a ball, within a box, that they are not the object's: as sure as of what was never visited. */
  private forbid(
    { zyx, radius, scaleZyx: [scaleZ, scaleY, scaleX] }: LevelBall,
    within: Box,
  ): void {
    const reachZ = Math.ceil(radius / scaleZ);
    const reachY = Math.ceil(radius / scaleY);
    const reachX = Math.ceil(radius / scaleX);
    const around: Box = {
      originZyx: [zyx[0] - reachZ, zyx[1] - reachY, zyx[2] - reachX],
      shapeZyx: [2 * reachZ + 1, 2 * reachY + 1, 2 * reachX + 1],
    };
    const { originZyx, shapeZyx } = intersect(intersect(around, within), this.setup.canvas);
    const [z0, y0, x0] = originZyx;
    const pad = Math.min(this.setup.thresholds.pad, -Number.EPSILON);
    for (let z = z0; z < z0 + shapeZyx[0]; z++)
      for (let y = y0; y < y0 + shapeZyx[1]; y++)
        for (let x = x0; x < x0 + shapeZyx[2]; x++) {
          const [dz, dy, dx] = [z - zyx[0], y - zyx[1], x - zyx[2]];
          if (Math.hypot(dz * scaleZ, dy * scaleY, dx * scaleX) <= radius)
            this.canvas.set([z, y, x], pad);
        }
  }
}
