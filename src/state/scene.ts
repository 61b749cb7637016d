import { add, multiply, scale, subtract, type Zyx } from '../core/vec';
import type { EngineClient } from '../engine/client';
import type { SceneCamera } from '../engine/protocol';
import type { AppState } from './store';

/** Where a 3-D view looks from, and what it turns around; nanometres, z, y, x. */
export interface CameraPose {
  readonly positionNm: Zyx;
  readonly targetNm: Zyx;
}

/** A mounted 3-D view, as the session sees it. */
export interface SceneHandle {
  /** Null while there is nothing to look at. */
  pose(): CameraPose | null;
  look(pose: CameraPose): void;
  /** Looks at the whole volume again. */
  frame(): void;
}

/** How far from the position `lookAtPosition` looks: some bricks fill the view. */
const CLOSE_VOXELS = 400;

/** The 3-D view, whether one is mounted or not. */
export class Scene {
  private mounted: SceneHandle | null = null;

  constructor(
    private readonly engine: EngineClient,
    private readonly state: () => AppState,
  ) {}

  /** Where it looks from; null when none is mounted. */
  camera(): CameraPose | null {
    return this.mounted?.pose() ?? null;
  }

  /** Has it look from somewhere; false when none is mounted. */
  setCamera(pose: CameraPose): boolean {
    this.mounted?.look(pose);
    return this.mounted !== null;
  }

  /** Has it look at the whole volume again. */
  frame(): void {
    this.mounted?.frame();
  }

  /** Brings it close to the position, from where it looks, to turn around it. */
  lookAtPosition(): void {
    const { volume, positionZyx } = this.state();
    const pose = this.camera();
    if (!volume || !pose) return;
    const targetNm = add(volume.originNm, multiply(positionZyx, volume.voxelSizeNm));
    const away = subtract(pose.positionNm, pose.targetNm);
    const distanceNm = CLOSE_VOXELS * Math.min(...volume.voxelSizeNm);
    const positionNm = add(targetNm, scale(away, distanceNm / Math.hypot(...away)));
    this.setCamera({ positionNm, targetNm });
  }

  /** Takes the mounted view; returns how to take it away. */
  attach(scene: SceneHandle): () => void {
    this.mounted = scene;
    return () => {
      if (this.mounted !== scene) return;
      this.mounted = null;
      this.engine.setCamera(null);
    };
  }

  /** Has the engine say over a port what of the surfaces is to be shown (`SurfaceChange`): first all of it. */
  attachSurfaces(port: MessagePort): void {
    this.engine.attachSurfaces(port);
  }

  /** Says how it looks at the surfaces: these are refined there. */
  tell(camera: SceneCamera): void {
    this.engine.setCamera(camera);
  }
}
