import {
  BufferAttribute,
  BufferGeometry,
  type Camera,
  Mesh,
  type Scene,
  type WebGLRenderer,
} from 'three';
import { surfaceMaterial } from './surfaces';

/**
 * Has the graphics card compile what surfaces are drawn with before there are any: it takes slow ones seconds. To be called again
 * when the context was lost and has come back; what it returns lets go of the program.
 */
export function warmUp(renderer: WebGLRenderer, scene: Scene, camera: Camera): () => void {
  const geometry = new BufferGeometry();
  for (const name of ['position', 'normal'])
    geometry.setAttribute(name, new BufferAttribute(new Float32Array(9), 3));
  const mesh = new Mesh(geometry, surfaceMaterial());
  // It is never seen, and has to stay for its program to stay.
  mesh.visible = false;
  scene.add(mesh);
  renderer.compile(scene, camera);
  return () => {
    scene.remove(mesh);
    geometry.dispose();
    mesh.material.dispose();
  };
}
