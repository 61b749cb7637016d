import { type Object3D, Vector3 } from 'three';
import type { CameraPose, Scene } from '../../state/scene';
import type { OrbitCamera } from './camera';
import { nmInScene } from './space';

type SceneCamera = Parameters<Scene['tell']>[0];

/** The engine is told of a moving camera no more often. */
const MILLISECONDS = 100;

export const poseOf = ({ camera, controls }: OrbitCamera, root: Object3D): CameraPose => ({
  positionNm: nmInScene(root, camera.position),
  targetNm: nmInScene(root, controls.target),
});

/** The camera as the engine knows it: in nanometres; sizes in CSS pixels. */
export function sceneCameraOf(
  { camera }: OrbitCamera,
  root: Object3D,
  canvas: HTMLCanvasElement,
): SceneCamera {
  // The scene's y and z run against the volume's.
  const { x, y, z } = camera.getWorldDirection(new Vector3());
  return {
    positionNm: nmInScene(root, camera.position),
    directionZyx: [-z, -y, x],
    fieldOfViewDegrees: camera.fov,
    widthPixels: canvas.clientWidth,
    heightPixels: canvas.clientHeight,
  };
}

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
