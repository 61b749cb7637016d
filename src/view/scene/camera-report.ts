import {
  axesOfEye,
  type Eye,
  FIELD_OF_VIEW_DEGREES,
  flipped,
  nmInScene,
  type VolumeExtent,
} from '../../core/scene-geometry';
import { scale } from '../../core/vec';
import type { CameraPose, Scene } from '../../state/scene';

type SceneCamera = Parameters<Scene['tell']>[0];

/** The engine is told of a moving camera no more often. */
const MILLISECONDS = 100;

export const poseOf = ({ position, target }: Eye, volume: VolumeExtent): CameraPose => ({
  positionNm: nmInScene(volume, position),
  targetNm: nmInScene(volume, target),
});

/** The camera as the engine knows it: in nanometres; sizes in CSS pixels. */
export const sceneCameraOf = (
  eye: Eye,
  volume: VolumeExtent,
  widthPixels: number,
  heightPixels: number,
): SceneCamera => ({
  positionNm: nmInScene(volume, eye.position),
  directionZyx: flipped(scale(axesOfEye(eye).back, -1)),
  fieldOfViewDegrees: FIELD_OF_VIEW_DEGREES,
  widthPixels,
  heightPixels,
});

/** Passes on how the camera looks when that changed, the last of it always, but not at every frame. */
export function cameraReport(send: (camera: SceneCamera) => void) {
  let told = '';
  let next: SceneCamera | null = null;
  let resting: ReturnType<typeof setTimeout> | null = null;
  const pass = () => {
    resting = null;
    if (!next) return;
    send(next);
    next = null;
    resting = setTimeout(pass, MILLISECONDS);
  };
  return {
    tell(camera: SceneCamera): void {
      const text = JSON.stringify(camera);
      if (text === told) return;
      told = text;
      next = camera;
      if (resting === null) pass();
    },
    end(): void {
      next = null;
      if (resting !== null) clearTimeout(resting);
    },
  };
}
