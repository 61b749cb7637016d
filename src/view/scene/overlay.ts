import { type Camera, Vector3 } from 'three';
import { axesGizmo } from '../axes-gizmo';
import { type ScaleBar, scaleBarElement } from '../scale-bar';
import type { GuideColours } from './guides';

/** The volume's axes in the scene, index into zyx, whose y and z point the other way. */
const AXES = [new Vector3(0, 0, -1), new Vector3(0, -1, 0), new Vector3(1, 0, 0)] as const;

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
  return {
    show(camera: Camera, scale: ScaleBar, segments: number) {
      drawn.hidden = false;
      gizmo.turn((axis) => {
        const { x, y, z } = AXES[axis].clone().transformDirection(camera.matrixWorldInverse);
        return { right: x, down: -y, near: z };
      });
      bar.show(scale);
      const text = segments === 1 ? '1 segment' : `${segments} segments`;
      count.textContent = segments === 0 ? '' : text;
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
