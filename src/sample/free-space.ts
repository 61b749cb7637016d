import type { Zyx } from '../core/vec';

/** A ball on a neurite's centre line. */
export interface Ball {
  readonly centreNm: Zyx;
  readonly radiusNm: number;
}

/** Neurites grow this far past the volume's faces, so that the packing is as dense there as inside. */
export const MARGIN_NM = 240;
const CELL_NM = 32;
const EMPTY_NM = 700;
const NEAR_NM = 120;
const FAR_EVERY_NM = 100;

const distanceNm = (a: Zyx, b: Zyx) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

/** How far any point is from the nearest ball's surface (negative inside), on a grid of 32 nm; at most 700 nm. */
export class FreeSpace {
  readonly cellsZyx: Zyx;
  readonly distanceNm: Float32Array;

  /** The box from −margin to `sizeNm` + margin, empty. */
  constructor(readonly sizeNm: Zyx) {
    const cells = (size: number) => Math.ceil((size + 2 * MARGIN_NM) / CELL_NM) + 1;
    this.cellsZyx = [cells(sizeNm[0]), cells(sizeNm[1]), cells(sizeNm[2])];
    this.distanceNm = new Float32Array(this.cellsZyx[0] * this.cellsZyx[1] * this.cellsZyx[2]);
    this.distanceNm.fill(EMPTY_NM);
  }

  /** Where a cell of the grid lies. */
  cellNm(cell: number): Zyx {
    const [, ny, nx] = this.cellsZyx;
    return [toNm(Math.floor(cell / (ny * nx))), toNm(Math.floor(cell / nx) % ny), toNm(cell % nx)];
  }

  contains(pointNm: Zyx): boolean {
    return pointNm.every(
      (at, axis) => at >= -MARGIN_NM && at < (this.sizeNm[axis] as number) + MARGIN_NM,
    );
  }

  /** The distance at a point inside, trilinear. */
  at(pointNm: Zyx): number {
    const [, ny, nx] = this.cellsZyx;
    const [z, y, x] = [toCell(pointNm[0]), toCell(pointNm[1]), toCell(pointNm[2])];
    const [iz, iy, ix] = [Math.floor(z), Math.floor(y), Math.floor(x)];
    const [fy, fx] = [y - iy, x - ix];
    const first = (iz * ny + iy) * nx + ix;
    const near = this.#inPlane(first, fy, fx);
    return near + (this.#inPlane(first + ny * nx, fy, fx) - near) * (z - iz);
  }

  #inPlane(cell: number, fy: number, fx: number): number {
    const next = cell + this.cellsZyx[2];
    const here = this.distanceNm;
    const upper = (here[cell] as number) * (1 - fx) + (here[cell + 1] as number) * fx;
    const lower = (here[next] as number) * (1 - fx) + (here[next + 1] as number) * fx;
    return upper + (lower - upper) * fy;
  }

  /** Takes up a chain of overlapping balls; distances above `reachNm` may stay too large. */
  add(balls: readonly Ball[], reachNm: number): void {
    let sinceFarNm = FAR_EVERY_NM;
    for (const [at, ball] of balls.entries()) {
      const previous = balls[at - 1];
      if (previous) sinceFarNm += distanceNm(previous.centreNm, ball.centreNm);
      // Far from a chain, a few of its balls tell the distance as well as all of them.
      const isFar = sinceFarNm >= FAR_EVERY_NM || at === balls.length - 1;
      if (isFar) sinceFarNm = 0;
      this.#addBall(ball, isFar ? reachNm : Math.min(reachNm, NEAR_NM));
    }
  }

  #addBall({ centreNm: [cz, cy, cx], radiusNm }: Ball, reachNm: number): void {
    const [nz, ny, nx] = this.cellsZyx;
    const reach = (radiusNm + reachNm) / CELL_NM;
    const radius = radiusNm / CELL_NM;
    const [z, y, x] = [toCell(cz), toCell(cy), toCell(cx)];
    const [lastZ, lastY, lastX] = [
      Math.min(nz - 1, Math.floor(z + reach)),
      Math.min(ny - 1, Math.floor(y + reach)),
      Math.min(nx - 1, Math.floor(x + reach)),
    ];
    const [firstY, firstX] = [Math.max(0, Math.ceil(y - reach)), Math.max(0, Math.ceil(x - reach))];
    for (let iz = Math.max(0, Math.ceil(z - reach)); iz <= lastZ; iz++)
      for (let iy = firstY; iy <= lastY; iy++) {
        const squared = (iz - z) * (iz - z) + (iy - y) * (iy - y);
        const row = (iz * ny + iy) * nx;
        for (let ix = firstX; ix <= lastX; ix++) {
          const distance = (Math.sqrt(squared + (ix - x) * (ix - x)) - radius) * CELL_NM;
          if (distance < (this.distanceNm[row + ix] as number))
            this.distanceNm[row + ix] = distance;
        }
      }
  }
}

const toCell = (nm: number) => (nm + MARGIN_NM) / CELL_NM;
const toNm = (cell: number) => cell * CELL_NM - MARGIN_NM;
