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
import type { Box } from '../core/box';
import { IDENTITY, type Quaternion } from '../core/quaternion';
import { nmOfVoxel, type VolumeExtent } from '../core/scene-geometry';
import { sectionOf } from '../core/section';
import { boundsOfShape, planeOf, planeToVoxel, type ViewId } from '../core/slice-geometry';
import { add, multiply, scale, subtract, type Zyx } from '../core/vec';
import type { GuideColours, GuidesState } from './protocol';

/** Most corners of a plane's outline: a box has six sides, and the view that the plane is cut to has four. */
const MOST_CORNERS = 10;

/** The views whose planes are outlined, by the axis across them while they are not turned. */
const VIEWS = ['xy', 'xz', 'zy'] as const;

/** Lays the edges of a unit cube around a box of voxels. */
function layAround(edges: LineSegments, volume: VolumeExtent, { originZyx, shapeZyx }: Box): void {
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
  private readonly planes = VIEWS.map((viewId, axis) => {
    const geometry = new BufferGeometry();
    geometry.setAttribute('position', new BufferAttribute(new Float32Array(MOST_CORNERS * 3), 3));
    const outline = new LineLoop(
      geometry,
      new LineBasicMaterial({ transparent: true, opacity: 0.4, depthWrite: false }),
    );
    outline.frustumCulled = false;
    return { viewId, axis, outline };
  });

  private volume: VolumeExtent | null = null;
  private placed: GuidesState = { crossingZyx: [0, 0, 0], orientation: IDENTITY, limits: null };

  constructor() {
    this.root.add(this.box, this.limits, ...this.planes.map(({ outline }) => outline));
  }

  /** The volume that they lie around; null hides them. */
  setVolume(volume: VolumeExtent | null): void {
    this.volume = volume;
    this.place(this.placed);
  }

  /** Lays them around the volume, and the planes where the views cut it. */
  place(placed: GuidesState): void {
    this.placed = placed;
    const { volume } = this;
    const { crossingZyx, orientation, limits } = placed;
    this.root.visible = volume !== null;
    if (!volume) return;
    layAround(this.box, volume, { originZyx: [0, 0, 0], shapeZyx: volume.shapeZyx });
    this.limits.visible = limits !== null;
    if (limits) layAround(this.limits, volume, limits);
    const [z, y, x] = nmOfVoxel(volume, crossingZyx);
    for (const { viewId, outline } of this.planes) {
      const corners = outlineOf(viewId, volume, crossingZyx, orientation);
      const positions = outline.geometry.getAttribute('position');
      for (const [index, corner] of corners.entries()) {
        const [nmZ, nmY, nmX] = multiply(subtract(corner, crossingZyx), volume.voxelSizeNm);
        positions.setXYZ(index, nmX, nmY, nmZ);
      }
      positions.needsUpdate = true;
      outline.geometry.setDrawRange(0, corners.length);
      outline.position.set(x, y, z);
    }
  }

  colour({ box, limits, planesZyx }: GuideColours): void {
    this.box.material.color.set(box);
    this.limits.material.color.set(limits);
    for (const { axis, outline } of this.planes)
      outline.material.color.set(planesZyx[axis as 0 | 1 | 2]);
  }

  /** Frees what a renderer made of the guides; another one, or the same, makes it again. */
  releaseGpu(): void {
    for (const lines of [this.box, this.limits, ...this.planes.map(({ outline }) => outline)]) {
      lines.geometry.dispose();
      lines.material.dispose();
    }
  }
}

/** Corners of what a view's plane through a continuous voxel cuts of a volume, in continuous voxels. */
function outlineOf(
  viewId: ViewId,
  { shapeZyx, voxelSizeNm }: VolumeExtent,
  centerZyx: Zyx,
  orientation: Quaternion,
): Zyx[] {
  const PIXELS = 1000;
  const nmPerPixel = (2 * Math.hypot(...multiply(shapeZyx, voxelSizeNm))) / PIXELS;
  const whole = { widthPixels: PIXELS, heightPixels: PIXELS, nmPerPixel };
  const plane = planeOf(viewId, { ...whole, centerZyx, orientation }, voxelSizeNm);
  const section = sectionOf(plane, boundsOfShape(shapeZyx));
  return Array.from({ length: section.length / 2 }, (_, corner) =>
    planeToVoxel(plane, section[2 * corner] ?? 0, section[2 * corner + 1] ?? 0),
  );
}
