import type { Session } from '../../state/session';
import { Orbit } from './orbit';
import { sceneOverlay } from './overlay';
import { showScene } from './show-scene';

const NO_WEBGL =
  'There is no 3-D view: this browser offers no WebGL 2. Slices, filling and saving work without it; hardware acceleration in the browser’s settings brings it back.';
const BROKEN =
  'The 3-D view broke down twice; nothing of your work is lost. Reload the page to see it again.';

/**
 * Shows the session's surfaces in 3-D inside an element, which must be positioned; returns how to end it. A worker draws; what
 * it tells of the number of triangles shown stands in `container.dataset.triangles`. One that breaks down is started once more.
 */
export function mountScene(session: Session, container: HTMLElement): () => void {
  const overlay = sceneOverlay(container);
  const orbit = new Orbit();
  let end = () => {};
  const start = (onBroken: () => void) => {
    end = showScene(session, container, overlay, orbit, (why) => {
      end();
      end = () => {};
      if (why === 'unavailable') return overlay.say(NO_WEBGL);
      session.report(why, 'scene');
      onBroken();
    });
  };
  start(() => start(() => overlay.say(BROKEN)));
  return () => {
    end();
    overlay.remove();
  };
}
