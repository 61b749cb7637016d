import { axesOfEye, type Eye, flipped } from '../../core/scene-geometry';
import { dot, type Zyx } from '../../core/vec';
import type { GuideColours } from '../../stage/protocol';
import { axesGizmo } from '../axes-gizmo';
import { type ScaleBar, scaleBarElement } from '../scale-bar';

/** The volume's axes in the scene, index into zyx. */
const AXES: readonly [Zyx, Zyx, Zyx] = [flipped([1, 0, 0]), flipped([0, 1, 0]), flipped([0, 0, 1])];

export type SceneOverlay = ReturnType<typeof sceneOverlay>;

/** Label, scale, axes and messages over the scene. */
export function sceneOverlay(container: HTMLElement) {
  const element = document.createElement('div');
  element.className = 'scene-overlay';
  const label = document.createElement('div');
  label.className = 'view-label';
  const name = document.createElement('b');
  name.textContent = '3D';
  const count = document.createElement('span');
  label.append(name, count);
  const gizmo = axesGizmo();
  const bar = scaleBarElement();
  const drawn = document.createElement('div');
  drawn.className = 'scene-drawn';
  drawn.append(gizmo.element, bar.element);
  drawn.hidden = true;
  const message = document.createElement('p');
  message.className = 'scene-message';
  message.setAttribute('role', 'status');
  element.append(label, drawn, message);
  container.append(element);
  let shown = '';
  return {
    show(eye: Eye, scale: ScaleBar, segments: number) {
      // A surface that grows changes none of it, and what is written again is painted again.
      const text = JSON.stringify([eye, scale, segments]);
      if (text === shown) return;
      shown = text;
      drawn.hidden = false;
      const { right, up, back } = axesOfEye(eye);
      gizmo.turn((axis) => ({
        right: dot(AXES[axis], right),
        down: -dot(AXES[axis], up),
        near: dot(AXES[axis], back),
      }));
      bar.show(scale);
      const segmentCount = segments === 1 ? '1 segment' : `${segments} segments`;
      count.textContent = segments === 0 ? '' : segmentCount;
    },
    /** Says why there is nothing to see; empty: nothing is wrong. */
    say(text: string) {
      message.textContent = text;
    },
    /** The theme's colours, as the style sheet gives them to the gizmo and the overlay. */
    colours(): GuideColours {
      const of = (axis: string) => {
        const arm = gizmo.element.querySelector(`.axis-${axis}`);
        return arm ? getComputedStyle(arm).color : 'gray';
      };
      const style = getComputedStyle(drawn);
      const limits = style.getPropertyValue('--accent').trim() || '#ffb347';
      return { box: style.color, limits, planesZyx: [of('z'), of('y'), of('x')] };
    },
    remove: () => element.remove(),
  };
}
