import { type Box, intersect } from '../../core/box';
import {
  BRICK_EDGE,
  type BrickKey,
  brickBox,
  brickKey,
  brickOfVoxel,
  bricksOfBox,
} from '../../core/brick';
import { subtract, type Zyx } from '../../core/vec';
import type { CanvasBrick, CanvasStore } from './canvas-store';

/**
 * The logits of one object, NaN where it was never visited: bricks of 64³ made as they are touched, so that there is no
 * wall anywhere but the volume's. Coordinates are voxels of the level that the network sees, none negative.
 */
export class Canvas {
  private readonly bricks = new Map<BrickKey, CanvasBrick>();
  private touched = new Set<BrickKey>();

  constructor(private readonly store: CanvasStore) {}

  /** Bricks that hold anything. */
  keys(): Iterable<BrickKey> {
    return this.bricks.keys();
  }

  get size(): number {
    return this.bricks.size;
  }

  /** Bricks that were written since the last call. */
  takeTouched(): ReadonlySet<BrickKey> {
    const { touched } = this;
    this.touched = new Set();
    return touched;
  }

  at(zyx: Zyx): number {
    const brick = this.bricks.get(brickKey(brickOfVoxel(zyx)));
    return (brick && this.store.use(brick)[indexOf(zyx)]) ?? Number.NaN;
  }

  set(zyx: Zyx, logit: number): void {
    this.brickToWrite(brickOfVoxel(zyx))[indexOf(zyx)] = logit;
  }

  /** The logits of a box, C-ordered. */
  read(box: Box): Float32Array<ArrayBuffer> {
    const target = new Float32Array(box.shapeZyx[0] * box.shapeZyx[1] * box.shapeZyx[2]);
    target.fill(Number.NaN);
    for (const brickZyx of bricksOfBox(box)) {
      const brick = this.bricks.get(brickKey(brickZyx));
      if (!brick) continue;
      const values = this.store.use(brick);
      eachRow(box, brickZyx, (inBox, inBrick, length) =>
        target.set(values.subarray(inBrick, inBrick + length), inBox),
      );
    }
    return target;
  }

  /** Writes the logits of a box, C-ordered. */
  write(box: Box, logits: Float32Array): void {
    for (const brickZyx of bricksOfBox(box)) {
      const values = this.brickToWrite(brickZyx);
      eachRow(box, brickZyx, (inBox, inBrick, length) =>
        values.set(logits.subarray(inBox, inBox + length), inBrick),
      );
    }
  }

  /** Lets go of all. */
  dispose(): void {
    for (const brick of this.bricks.values()) this.store.release(brick);
    this.bricks.clear();
  }

  private brickToWrite(brickZyx: Zyx): Float32Array {
    const key = brickKey(brickZyx);
    const known = this.bricks.get(key);
    const brick = known ?? this.store.create();
    if (!known) this.bricks.set(key, brick);
    this.touched.add(key);
    return this.store.use(brick);
  }
}

const indexOf = ([z, y, x]: Zyx): number =>
  ((z % BRICK_EDGE) * BRICK_EDGE + (y % BRICK_EDGE)) * BRICK_EDGE + (x % BRICK_EDGE);

/** Where each row that a box and a brick share begins in both, C-ordered. */
export function eachRow(
  box: Box,
  brickZyx: Zyx,
  copy: (inBox: number, inBrick: number, length: number) => void,
): void {
  const part = intersect(box, brickBox(brickZyx));
  const [sizeZ, sizeY, sizeX] = part.shapeZyx;
  const [fromZ, fromY, fromX] = subtract(part.originZyx, box.originZyx);
  const [, boxY, boxX] = box.shapeZyx;
  const [z0, y0, x0] = part.originZyx;
  for (let z = 0; z < sizeZ; z++)
    for (let y = 0; y < sizeY; y++)
      copy(((fromZ + z) * boxY + fromY + y) * boxX + fromX, indexOf([z0 + z, y0 + y, x0]), sizeX);
}
