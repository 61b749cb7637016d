import {
  BufferAttribute,
  BufferGeometry,
  type Camera,
  Mesh,
  type Scene,
  type WebGLRenderer,
} from 'three';
import { surfaceMaterial } from './surfaces';

/** A surface that shows nothing. */
function nothing() {
  const geometry = new BufferGeometry();
  for (const name of ['position', 'normal'])
    geometry.setAttribute(name, new BufferAttribute(new Float32Array(9), 3));
  const mesh = new Mesh(geometry, surfaceMaterial());
  mesh.frustumCulled = false;
  return mesh;
}

/**
 * Compiles what a scene and surfaces to come are drawn with, while the page goes on: a program that is first used when it is
 * needed keeps the page waiting, on slow graphics for seconds. `onReady` is told when the scene can be drawn. To be called
 * again when the context was lost and has come back; what it returns ends it.
 */
export function warmUp(
  renderer: WebGLRenderer,
  scene: Scene,
  camera: Camera,
  onReady: () => void,
): () => void {
  const mesh = nothing();
  let isWanted = true;
  scene.add(mesh);
  // Drawn once, so that all is asked of the program that is asked at its first use; it has to stay for that to stay.
  mesh.onAfterRender = () => {
    mesh.visible = false;
  };
  void renderer.compileAsync(scene, camera).then(() => {
    if (isWanted) onReady();
  });
  return () => {
    isWanted = false;
    scene.remove(mesh);
    mesh.geometry.dispose();
    mesh.material.dispose();
  };
}
