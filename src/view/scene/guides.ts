import {
  BoxGeometry,
  BufferAttribute,
  BufferGeometry,
  EdgesGeometry,
  Group,
  LineBasicMaterial,
  LineLoop,
  LineSegments,
} from 'three';
import type { Box } from '../../core/box';
import { add, multiply, scale, type Zyx } from '../../core/vec';
import type { OpenVolume } from '../navigation';
import { nmOfVoxel } from './space';

/** Corners of a unit square, for an axis to be put across. */
const CORNERS = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
] as const;

/** CSS colours of the guides. */
export interface GuideColours {
  readonly box: string;
  /** Of the box that fills are limited to. */
  readonly limits: string;
  /** Of the planes across z, y and x. */
  readonly planesZyx: readonly [z: string, y: string, x: string];
}

/** Lays the edges of a unit cube around a box of voxels. */
function layAround(edges: LineSegments, volume: OpenVolume, { originZyx, shapeZyx }: Box): void {
  const [depth, height, width] = multiply(shapeZyx, volume.voxelSizeNm);
  const [z, y, x] = nmOfVoxel(volume, add(originZyx, scale(shapeZyx, 0.5)));
  edges.scale.set(width, height, depth);
  edges.position.set(x, y, z);
}

/** The volume's box, that of a limited fill, and outlines of the three slices; in nanometres, as surfaces are. */
export class Guides {
  readonly root = new Group();
  private readonly box = new LineSegments(
    new EdgesGeometry(new BoxGeometry(1, 1, 1)),
    new LineBasicMaterial(),
  );
  /** The box that fills are limited to. */
  private readonly limits = new LineSegments(
    new EdgesGeometry(new BoxGeometry(1, 1, 1)),
    new LineBasicMaterial(),
  );
  private readonly planes = ([0, 1, 2] as const).map((axis) => {
    const outline = new LineLoop(
      planeGeometry(axis),
      new LineBasicMaterial({ transparent: true, opacity: 0.4, depthWrite: false }),
    );
    return { axis, outline };
  });

  constructor() {
    this.root.add(this.box, this.limits, ...this.planes.map(({ outline }) => outline));
  }

  /** Lays the guides around a volume and its planes through the middle of a voxel; null hides them. */
  place(volume: OpenVolume | null, positionZyx: Zyx, limits: Box | null): void {
    this.root.visible = volume !== null;
    if (!volume) return;
    layAround(this.box, volume, { originZyx: [0, 0, 0], shapeZyx: volume.shapeZyx });
    this.limits.visible = limits !== null;
    if (limits) layAround(this.limits, volume, limits);
    const position = add(positionZyx, [0.5, 0.5, 0.5]);
    for (const { axis, outline } of this.planes) {
      const corner: [number, number, number] = [0, 0, 0];
      corner[axis] = position[axis];
      const [planeZ, planeY, planeX] = nmOfVoxel(volume, corner);
      outline.position.set(planeX, planeY, planeZ);
      outline.scale.copy(this.box.scale);
    }
  }

  colour({ box, limits, planesZyx }: GuideColours): void {
    this.box.material.color.set(box);
    this.limits.material.color.set(limits);
    for (const { axis, outline } of this.planes) outline.material.color.set(planesZyx[axis]);
  }

  /** Frees what a renderer made of the guides; another one, or the same, makes it again. */
  releaseGpu(): void {
    for (const lines of [this.box, this.limits, ...this.planes.map(({ outline }) => outline)]) {
      lines.geometry.dispose();
      lines.material.dispose();
    }
  }
}

/** The unit square across an axis (index into zyx), at 0. */
function planeGeometry(axis: 0 | 1 | 2): BufferGeometry {
  const points = CORNERS.flatMap(([a, b]) => {
    if (axis === 0) return [a, b, 0];
    return axis === 1 ? [a, 0, b] : [0, a, b];
  });
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new BufferAttribute(new Float32Array(points), 3));
  return geometry;
}
