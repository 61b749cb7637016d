import {
  axesOfEye,
  directionOf,
  type Eye,
  HALF_HEIGHT,
  lengthOf,
  radiusOf,
  type VolumeExtent,
} from '../../core/scene-geometry';
import { add, scale, subtract, type Zyx } from '../../core/vec';

/** Nearest that a camera comes to straight above or below, in radians: there it would not know where up is. */
const POLE = 1e-6;

const clamp = (value: number, least: number, most: number): number =>
  Math.max(least, Math.min(most, value));

/** Height of the picture at the point that an eye turns around, in the scene's unit. */
export const spanAtTarget = ({ position, target }: Eye): number =>
  2 * lengthOf(subtract(position, target)) * HALF_HEIGHT;

/** A camera that orbits a volume at the scene's origin; all in the scene's unit. Moves as three.js's OrbitControls does. */
export class Orbit {
  private current: Eye = { position: [1, 0, 0], target: [0, 0, 0] };
  private nearest = 0;
  private farthest = Number.POSITIVE_INFINITY;
  private targetRadius = Number.POSITIVE_INFINITY;

  private framed: VolumeExtent | null = null;
  /** Told after each move. */
  onMoved = () => {};

  get eye(): Eye {
    return this.current;
  }

  /** The volume that it was last framed around. */
  get volume(): VolumeExtent | null {
    return this.framed;
  }

  /** Looks at a whole volume from an edge; nothing can be lost from sight afterwards. */
  frame(volume: VolumeExtent, aspect: number): void {
    const radius = radiusOf(volume);
    this.framed = volume;
    const narrowest = Math.min(1, aspect) * HALF_HEIGHT;
    const distance = (1.02 * radius) / Math.sin(Math.atan(narrowest));
    this.nearest = radius / 500;
    this.farthest = 4 * distance;
    this.targetRadius = 1.5 * radius;
    this.look({ position: scale(directionOf([1, 0.5, 0.62]), distance), target: [0, 0, 0] });
  }

  /** Looks from a place at another. */
  look(eye: Eye): void {
    this.current = this.limited(eye);
    this.onMoved();
  }

  /** Goes around the target, as the pointer goes right and down; radians. */
  turn(right: number, down: number): void {
    const { position, target } = this.current;
    this.current = this.limited({ position, target }, right, down);
    this.onMoved();
  }

  /** Moves what is seen to the right and down, in heights of the picture at the target. */
  pan(right: number, down: number): void {
    const { position, target } = this.current;
    const axes = axesOfEye(this.current);
    const span = spanAtTarget(this.current);
    const way = add(scale(axes.right, -right * span), scale(axes.up, down * span));
    this.look({ position: add(position, way), target: add(target, way) });
  }

  /**
   * Multiplies the distance to the target, and keeps what lies at a point of the picture there; -1 to 1 to the right and up.
   * Aspect: the picture's width by its height.
   */
  zoom(factor: number, [x, y]: readonly [x: number, y: number], aspect: number): void {
    const ray = this.rayThrough(x * aspect, y);
    const { position, target } = this.limited(this.current);
    const before = lengthOf(subtract(position, target));
    const after = clamp(before * factor, this.nearest, this.farthest);
    const moved = add(position, scale(ray, before - after));
    const ahead = scale(directionOf(subtract(target, position)), after);
    this.current = { position: moved, target: add(moved, ahead) };
    this.onMoved();
  }

  /** The direction to a point of the picture, in half heights to the right and up. */
  private rayThrough(right: number, up: number): Zyx {
    const axes = axesOfEye(this.current);
    const aside = add(scale(axes.right, right * HALF_HEIGHT), scale(axes.up, up * HALF_HEIGHT));
    return directionOf(subtract(aside, axes.back));
  }

  /** An eye turned around its target, which is kept near the volume, at a distance within the limits. */
  private limited({ position, target }: Eye, right = 0, down = 0): Eye {
    const [z, y, x] = subtract(position, target);
    const distance = Math.hypot(z, y, x);
    const azimuth = (distance === 0 ? 0 : Math.atan2(x, z)) - right;
    const fromUp = distance === 0 ? Math.PI / 2 : Math.acos(clamp(y / distance, -1, 1));
    const polar = clamp(fromUp - down, POLE, Math.PI - POLE);
    const radius = clamp(distance, this.nearest, this.farthest);
    const across = radius * Math.sin(polar);
    const away: Zyx = [
      across * Math.cos(azimuth),
      radius * Math.cos(polar),
      across * Math.sin(azimuth),
    ];
    const far = lengthOf(target);
    const kept = far > this.targetRadius ? scale(target, this.targetRadius / far) : target;
    return { position: add(kept, away), target: kept };
  }
}
