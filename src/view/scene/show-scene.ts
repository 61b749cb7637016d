import type { FloodlightError } from '../../core/errors';
import { inScene, NM_PER_UNIT } from '../../core/scene-geometry';
import { startStage } from '../../stage/client';
import type { Pick, PictureSize, StageReport } from '../../stage/protocol';
import type { Session } from '../../state/session';
import { watchSize } from '../canvas-size';
import { scaleBar } from '../scale-bar';
import { selectSegment } from '../slice-tools';
import { cameraReport, poseOf, sceneCameraOf } from './camera-report';
import { listenToClicks, listenToOrbit } from './input';
import { type Orbit, spanAtTarget } from './orbit';
import type { SceneOverlay } from './overlay';
import { tellStage } from './tell-stage';

const LOST =
  'The 3-D view lost the graphics card and waits for it to come back; nothing of your work is lost. Reload the page if it stays away.';

/** Most device pixels drawn for a CSS pixel. */
const MAXIMUM_PIXEL_RATIO = 2;
const SCALE_BAR_PIXELS = 110;

/** Why there is a 3-D view no longer, or never was. */
export type SceneEnd = 'unavailable' | FloodlightError;

/**
 * Starts a worker that draws the session's surfaces on a canvas of its own, as the orbit looks at them; returns how to end both. It
 * has not ended yet when `ended` is told why it has to.
 */
export function showScene(
  session: Session,
  container: HTMLElement,
  overlay: SceneOverlay,
  orbit: Orbit,
  ended: (why: SceneEnd) => void,
): () => void {
  const canvas = document.createElement('canvas');
  if (!('transferControlToOffscreen' in canvas)) {
    ended('unavailable');
    return () => {};
  }
  canvas.className = 'scene-canvas';
  container.prepend(canvas);
  let size: PictureSize | null = null;
  const clicks: ((pick: Pick | null) => void)[] = [];

  const receive = (report: StageReport) => {
    switch (report.type) {
      case 'drawn':
        drawn(report);
        break;
      case 'picked':
        clicks.shift()?.(report.pick);
        break;
      case 'lost':
        canvas.dataset.lost = '';
        overlay.say(LOST);
        break;
      case 'restored':
        delete canvas.dataset.lost;
        overlay.say('');
        break;
      case 'unavailable':
        ended('unavailable');
        break;
    }
  };
  const drawn = ({ eye, triangles, segments }: StageReport & { type: 'drawn' }) => {
    const { volume } = session.state;
    container.dataset.triangles = String(triangles);
    if (!volume || !size) return;
    const nmPerPixel = (spanAtTarget(eye) * NM_PER_UNIT) / size.height;
    overlay.show(eye, scaleBar(nmPerPixel, SCALE_BAR_PIXELS), segments);
  };
  const stage = startStage(receive, ended);
  const report = cameraReport((camera) => session.scene.tell(camera));
  const tellEngine = () => {
    if (orbit.volume && size)
      report.tell(sceneCameraOf(orbit.eye, orbit.volume, size.width, size.height));
  };

  /** Looks at the whole of a volume that it has not looked at yet, once it is known how large the picture is. */
  const frameOnce = () => {
    const { volume } = session.state;
    if (volume && size && volume !== orbit.volume) orbit.frame(volume, size.width / size.height);
  };
  const clicked = (event: PointerEvent, button: 'left' | 'right') => {
    if (!session.state.volume) return;
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const [x, y] = [(event.clientX - left) / width, (event.clientY - top) / height];
    const { shiftKey } = event;
    clicks.push((pick) => {
      if (button === 'left') selectSegment(session, pick?.segmentId ?? 0, shiftKey);
      else if (pick) session.goTo(pick.voxelZyx);
    });
    stage.send({ type: 'pick', x, y });
  };

  const ends = [
    tellStage(session, stage.send),
    session.store.subscribe(frameOnce),
    session.scene.attach({
      pose: () => orbit.volume && poseOf(orbit.eye, orbit.volume),
      look: ({ positionNm, targetNm }) => {
        const { volume } = orbit;
        if (!volume) return;
        orbit.look({ position: inScene(volume, positionNm), target: inScene(volume, targetNm) });
      },
      frame: () => {
        if (orbit.volume && size) orbit.frame(orbit.volume, size.width / size.height);
      },
    }),
    report.end,
    stage.end,
    listenToOrbit(canvas, orbit),
    listenToClicks(canvas, clicked),
    watchSize(container, ({ widthPixels, heightPixels, cssPerPixel }) => {
      size = {
        width: widthPixels * cssPerPixel,
        height: heightPixels * cssPerPixel,
        ratio: Math.min(1 / cssPerPixel, MAXIMUM_PIXEL_RATIO),
      };
      stage.send({ type: 'size', size });
      frameOnce();
      tellEngine();
    }),
  ];
  const channel = new MessageChannel();
  const offscreen = canvas.transferControlToOffscreen();
  stage.send(
    { type: 'start', canvas: offscreen, surfaces: channel.port2, colours: overlay.colours() },
    [offscreen, channel.port2],
  );
  orbit.onMoved = () => {
    stage.send({ type: 'eye', eye: orbit.eye });
    tellEngine();
  };
  orbit.onMoved();
  session.scene.attachSurfaces(channel.port1);
  return () => {
    for (const end of ends) end();
    canvas.remove();
    delete container.dataset.triangles;
  };
}
