import { DirectionalLight, HemisphereLight, PerspectiveCamera, type Scene, Vector3 } from 'three';
import { OrbitControls } from 'three/addons/controls/OrbitControls.js';

const FIELD_OF_VIEW_DEGREES = 30;

/** A camera that orbits a volume at the scene's origin, and the light that it carries. */
export interface OrbitCamera {
  readonly camera: PerspectiveCamera;
  readonly controls: OrbitControls;
  /** Looks at a whole volume of a radius from an edge; nothing can be lost from sight afterwards. */
  frame(radius: number): void;
  /** Looks from a place at another, both in the scene's unit. */
  look(from: Vector3, at: Vector3): void;
  resize(aspect: number): void;
  /** Height of the picture in the scene's unit, at the point it turns around. */
  spanAtTarget(): number;
}

export function orbitCamera(scene: Scene, element: HTMLElement, moved: () => void): OrbitCamera {
  const camera = new PerspectiveCamera(FIELD_OF_VIEW_DEGREES);
  const headlight = new DirectionalLight(0xffffff, 2.4);
  headlight.position.set(0.35, 0.6, 1);
  headlight.target.position.set(0, 0, -1);
  camera.add(headlight, headlight.target);
  scene.add(camera, new HemisphereLight(0xffffff, 0x54585f, 0.9));
  const controls = new OrbitControls(camera, element);
  controls.zoomToCursor = true;
  controls.zoomSpeed = 2;
  let radius = 1;

  // The nearest and the farthest that is drawn follow the camera: depth stays fine at every zoom.
  const clip = () => {
    const distance = camera.position.length();
    camera.near = Math.max(distance - 1.1 * radius, radius / 2000);
    camera.far = distance + 1.1 * radius;
    camera.updateProjectionMatrix();
  };
  controls.addEventListener('change', () => {
    clip();
    moved();
  });

  return {
    camera,
    controls,
    frame(wholeRadius) {
      radius = wholeRadius;
      const narrowest = Math.min(1, camera.aspect) * Math.tan((camera.fov / 360) * Math.PI);
      const distance = (1.02 * radius) / Math.sin(Math.atan(narrowest));
      controls.minDistance = radius / 500;
      controls.maxDistance = 4 * distance;
      controls.maxTargetRadius = 1.5 * radius;
      controls.target.set(0, 0, 0);
      camera.position.copy(new Vector3(0.62, 0.5, 1).setLength(distance));
      controls.update();
      clip();
      moved();
    },
    look(from, at) {
      controls.target.copy(at);
      camera.position.copy(from);
      controls.update();
      clip();
      moved();
    },
    resize(aspect) {
      camera.aspect = aspect;
      clip();
    },
    spanAtTarget: () =>
      2 * camera.position.distanceTo(controls.target) * Math.tan((camera.fov / 360) * Math.PI),
  };
}
