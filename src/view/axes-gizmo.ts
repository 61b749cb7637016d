const SVG = 'http://www.w3.org/2000/svg';
const LENGTH_PIXELS = 20;
const SIZE_PIXELS = 64;
/** From an arm's end to its letter's middle. */
const LETTER_PIXELS = 7;

const AXES = [
  { name: 'x', axis: 2 },
  { name: 'y', axis: 1 },
  { name: 'z', axis: 0 },
] as const;

/** Where an axis of the volume points to on the screen, of length one: to the right, down, and towards the viewer. */
export interface SeenAxis {
  readonly right: number;
  readonly down: number;
  readonly near: number;
}

/** A small cross of the volume's axes, index into zyx, as a view sees them. */
export function axesGizmo() {
  const element = document.createElementNS(SVG, 'svg');
  element.setAttribute('class', 'axes-gizmo');
  element.setAttribute('aria-hidden', 'true');
  const middle = SIZE_PIXELS / 2;
  element.setAttribute('viewBox', `${-middle} ${-middle} ${SIZE_PIXELS} ${SIZE_PIXELS}`);
  const arms = AXES.map(({ name, axis }) => {
    const arm = document.createElementNS(SVG, 'g');
    arm.setAttribute('class', `axis-${name}`);
    const line = document.createElementNS(SVG, 'path');
    const letter = document.createElementNS(SVG, 'text');
    letter.textContent = name;
    arm.append(line, letter);
    return { axis, arm, line, letter };
  });
  element.append(...arms.map(({ arm }) => arm));
  return {
    element,
    turn(see: (axis: 0 | 1 | 2) => SeenAxis) {
      const turned = arms.map(({ axis, arm, line, letter }) => {
        const { right, down, near } = see(axis);
        const [x, y] = [right * LENGTH_PIXELS, down * LENGTH_PIXELS];
        line.setAttribute('d', `M0 0L${x.toFixed(1)} ${y.toFixed(1)}`);
        // Beyond the end, so that an arm that is foreshortened does not cross its letter; none where only that would be left.
        const length = Math.hypot(x, y);
        const share = length < 2 ? 0 : 1 + LETTER_PIXELS / length;
        letter.style.visibility = share === 0 ? 'hidden' : 'visible';
        letter.setAttribute('x', (x * share).toFixed(1));
        letter.setAttribute('y', (y * share).toFixed(1));
        return { arm, near };
      });
      // What points to the viewer is drawn last.
      element.append(...turned.sort((a, b) => a.near - b.near).map(({ arm }) => arm));
    },
  };
}
