import { type Camera, Vector3 } from 'three';

const SVG = 'http://www.w3.org/2000/svg';
const LENGTH_PIXELS = 20;
const SIZE_PIXELS = 64;

/** The volume's axes in the scene, whose y and z point the other way. */
const AXES = [
  { name: 'x', direction: new Vector3(1, 0, 0) },
  { name: 'y', direction: new Vector3(0, -1, 0) },
  { name: 'z', direction: new Vector3(0, 0, -1) },
] as const;

/** A small cross of the three axes that turns with the camera. */
export function axesGizmo(): { element: SVGSVGElement; turn: (camera: Camera) => void } {
  const element = document.createElementNS(SVG, 'svg');
  element.setAttribute('class', 'axes-gizmo');
  element.setAttribute('aria-hidden', 'true');
  const middle = SIZE_PIXELS / 2;
  element.setAttribute('viewBox', `${-middle} ${-middle} ${SIZE_PIXELS} ${SIZE_PIXELS}`);
  const arms = AXES.map(({ name, direction }) => {
    const arm = document.createElementNS(SVG, 'g');
    arm.setAttribute('class', `axis-${name}`);
    const line = document.createElementNS(SVG, 'path');
    const letter = document.createElementNS(SVG, 'text');
    letter.textContent = name;
    arm.append(line, letter);
    return { direction, arm, line, letter };
  });
  element.append(...arms.map(({ arm }) => arm));
  const seen = new Vector3();
  return {
    element,
    turn(camera) {
      const turned = arms.map(({ direction, arm, line, letter }) => {
        seen.copy(direction).transformDirection(camera.matrixWorldInverse);
        const [x, y] = [seen.x * LENGTH_PIXELS, -seen.y * LENGTH_PIXELS];
        line.setAttribute('d', `M0 0L${x.toFixed(1)} ${y.toFixed(1)}`);
        letter.setAttribute('x', (x * 1.35).toFixed(1));
        letter.setAttribute('y', (y * 1.35).toFixed(1));
        return { arm, depth: seen.z };
      });
      // What points to the viewer is drawn last.
      element.append(...turned.sort((a, b) => a.depth - b.depth).map(({ arm }) => arm));
    },
  };
}
