import {
  BufferAttribute,
  BufferGeometry,
  type Camera,
  Mesh,
  type Scene,
  type WebGLRenderer,
} from 'three';
import { whenDone } from './fence';
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
 * needed keeps the page waiting, on slow graphics for seconds. So does what a program is asked at its first use, as long as the
 * card has something else to do: it is asked of one at a time, once the card has come to an end. `onReady` is told when the
 * scene can be drawn. To be called again when the context was lost and has come back; what it returns ends it.
 */
export function warmUp(
  renderer: WebGLRenderer,
  context: WebGL2RenderingContext,
  scene: Scene,
  camera: Camera,
  onReady: () => void,
): () => void {
  const mesh = nothing();
  let isWanted = true;
  let endWait = () => {};
  // It is never seen, and has to stay for its program to stay.
  mesh.visible = false;
  scene.add(mesh);
  const ask = (programs: NonNullable<WebGLRenderer['info']['programs']>) => {
    const [program, ...others] = programs;
    if (!program) return onReady();
    endWait = whenDone(context, () => {
      program.getUniforms();
      ask(others);
    });
  };
  void renderer.compileAsync(scene, camera).then(() => {
    if (isWanted) ask(renderer.info.programs ?? []);
  });
  return () => {
    isWanted = false;
    endWait();
    scene.remove(mesh);
    mesh.geometry.dispose();
    mesh.material.dispose();
  };
}
