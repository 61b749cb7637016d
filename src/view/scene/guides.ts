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
import { add, scale, type Zyx } from '../../core/vec';
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
  /** Of the planes across z, y and x. */
  readonly planesZyx: readonly [z: string, y: string, x: string];
}

/** The volume's box and outlines of the three slices; in nanometres, as surfaces are. */
export class Guides {
  readonly root = new Group();
  private readonly box = new LineSegments(
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
    this.root.add(this.box, ...this.planes.map(({ outline }) => outline));
  }

  /** Lays the guides around a volume and its planes through the middle of a voxel; null hides them. */
  place(volume: OpenVolume | null, positionZyx: Zyx): void {
    this.root.visible = volume !== null;
    if (!volume) return;
    const { shapeZyx, voxelSizeNm } = volume;
    const [depth, height, width] = shapeZyx.map((size, axis) => size * (voxelSizeNm[axis] ?? 1));
    const [z, y, x] = nmOfVoxel(volume, scale(shapeZyx, 0.5));
    this.box.scale.set(width ?? 1, height ?? 1, depth ?? 1);
    this.box.position.set(x, y, z);
    const position = add(positionZyx, [0.5, 0.5, 0.5]);
    for (const { axis, outline } of this.planes) {
      const corner: [number, number, number] = [0, 0, 0];
      corner[axis] = position[axis];
      const [planeZ, planeY, planeX] = nmOfVoxel(volume, corner);
      outline.position.set(planeX, planeY, planeZ);
      outline.scale.copy(this.box.scale);
    }
  }

  colour({ box, planesZyx }: GuideColours): void {
    this.box.material.color.set(box);
    for (const { axis, outline } of this.planes) outline.material.color.set(planesZyx[axis]);
  }

  /** Frees what a renderer made of the guides; another one, or the same, makes it again. */
  releaseGpu(): void {
    for (const lines of [this.box, ...this.planes.map(({ outline }) => outline)]) {
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
