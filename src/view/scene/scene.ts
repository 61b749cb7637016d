import { Scene, WebGLRenderer } from 'three';
import { isIdentity } from '../../core/quaternion';
import type { Session } from '../../state/session';
import { watchSize } from '../canvas-size';
import { frameTask } from '../frame';
import { scaleBar } from '../scale-bar';
import { selectSegment } from '../slice-tools';
import { orbitCamera } from './camera';
import { cameraReport, poseOf, sceneCameraOf } from './camera-report';
import { GpuPace } from './gpu-pace';
import { Guides } from './guides';
import { bindButtons, listenToClicks } from './input';
import { sceneOverlay } from './overlay';
import { pick } from './picking';
import { surfacesOf } from './session-surfaces';
import { inScene, NM_PER_UNIT, placeInScene, radiusOf } from './space';
import { warmUp } from './warm-up';

const NO_WEBGL =
  'There is no 3-D view: this browser offers no WebGL 2. Slices, filling and saving work without it; hardware acceleration in the browser’s settings brings it back.';
const LOST =
  'The 3-D view lost the graphics card and waits for it to come back; nothing of your work is lost. Reload the page if it stays away.';

/** Most device pixels drawn for a CSS pixel. */
const MAXIMUM_PIXEL_RATIO = 2;

const SHOWN = [
  'volume',
  'positionZyx',
  'orientation',
  'segments',
  'running',
  'display',
  'fillOptions',
] as const;

/**
 * Shows the session's surfaces in 3-D inside an element, which must be positioned; returns how to end it. Draws only when
 * something changed, and writes the number of triangles shown to `container.dataset.triangles`.
 */
export function mountScene(session: Session, container: HTMLElement): () => void {
  const surfaces = surfacesOf(session);
  const overlay = sceneOverlay(container);
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('webgl2', { antialias: true, alpha: true });
  if (!context) {
    overlay.say(NO_WEBGL);
    return overlay.remove;
  }
  canvas.className = 'scene-canvas';
  container.prepend(canvas);
  const renderer = new WebGLRenderer({ canvas, context });
  // To ask whether programs are right keeps the page waiting for the graphics card; they are three's own.
  renderer.debug.checkShaderErrors = false;
  const scene = new Scene();
  const guides = new Guides();
  scene.add(surfaces.root, guides.root);
  let heightPixels = 0;
  let framed: object | null = null;
  let isWarm = false;

  const draw = () => {
    if (heightPixels === 0 || !isWarm) return;
    const { volume, orientation, fillOptions } = session.state;
    guides.place(volume, session.navigation.crossingZyx, orientation, fillOptions.box);
    if (volume && volume !== framed) {
      framed = volume;
      for (const root of [surfaces.root, guides.root]) placeInScene(root, volume);
      orbit.frame(radiusOf(volume));
    }
    renderer.render(scene, orbit.camera);
    if (volume) report.tell(sceneCameraOf(orbit, surfaces.root, canvas));
    container.dataset.triangles = String(surfaces.triangles);
    if (!volume) return;
    const nmPerPixel = (orbit.spanAtTarget() * NM_PER_UNIT) / heightPixels;
    overlay.show(orbit.camera, scaleBar(nmPerPixel, 110), surfaces.visible().length);
  };
  const report = cameraReport((camera) => session.scene.tell(camera));
  const pace = new GpuPace(context);
  const frame = frameTask(() => {
    if (!isWarm) return;
    if (!pace.ready(session.state.running !== null)) return frame.request();
    draw();
    pace.drawn();
  });
  const orbit = orbitCamera(scene, canvas, frame.request);
  bindButtons(orbit.controls);

  guides.colour(overlay.colours());
  let coolDown = () => {};
  const start = () => {
    coolDown();
    isWarm = false;
    coolDown = warmUp(renderer, context, scene, orbit.camera, () => {
      isWarm = true;
      frame.request();
    });
  };
  start();

  const lost = (event: Event) => {
    event.preventDefault();
    // What was on the lost graphics card is forgotten now: later it would be freed on the wrong one.
    surfaces.releaseGpu();
    guides.releaseGpu();
    coolDown();
    canvas.dataset.lost = '';
    overlay.say(LOST);
  };
  const restored = () => {
    delete canvas.dataset.lost;
    overlay.say('');
    start();
  };
  canvas.addEventListener('webglcontextlost', lost);
  canvas.addEventListener('webglcontextrestored', restored);

  const clicked = (event: PointerEvent, button: 'left' | 'right') => {
    const { volume } = session.state;
    if (!volume) return;
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const [x, y] = [(event.clientX - left) / width, (event.clientY - top) / height];
    const found = pick(surfaces, volume, orbit.camera, x, y);
    if (button === 'left') selectSegment(session, found?.segmentId ?? 0, event.shiftKey);
    else if (found) session.goTo(found.voxelZyx);
  };

  const ends = [
    session.scene.attach({
      pose: () => poseOf(orbit, surfaces.root),
      look: ({ positionNm, targetNm }) =>
        orbit.look(inScene(surfaces.root, positionNm), inScene(surfaces.root, targetNm)),
      frame: () => {
        const { volume } = session.state;
        if (volume) orbit.frame(radiusOf(volume));
      },
    }),
    report.end,
    listenToClicks(canvas, clicked),
    watchSize(container, (size) => {
      const [width, height] = [size.widthPixels, size.heightPixels].map(
        (pixels) => pixels * size.cssPerPixel,
      );
      heightPixels = height || 1;
      const ratio = Math.min(1 / size.cssPerPixel, MAXIMUM_PIXEL_RATIO);
      // At once: each change of a canvas's size waits for the graphics card.
      renderer.setDrawingBufferSize(width ?? 1, heightPixels, ratio);
      orbit.resize((width ?? 1) / heightPixels);
      // A canvas is blank once it is resized: it is drawn at once, not a frame later.
      draw();
    }),
    session.onSurface(frame.request),
    session.navigation.store.subscribe(() => {
      // Along the axes outlines go by whole voxels.
      if (!isIdentity(session.state.orientation)) frame.request();
    }),
    session.store.subscribe((state, before) => {
      if (SHOWN.some((key) => state[key] !== before[key])) frame.request();
    }),
  ];
  return () => {
    for (const end of ends) end();
    coolDown();
    frame.cancel();
    orbit.controls.dispose();
    canvas.removeEventListener('webglcontextlost', lost);
    canvas.removeEventListener('webglcontextrestored', restored);
    surfaces.releaseGpu();
    guides.releaseGpu();
    renderer.dispose();
    renderer.forceContextLoss();
    canvas.remove();
    overlay.remove();
    delete container.dataset.triangles;
  };
}
