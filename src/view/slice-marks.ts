import { ballSection } from '../core/ball-section';
import { segmentColour } from '../core/colour';
import {
  directionsOf,
  planeOf,
  type SliceView,
  sliceStep,
  type ViewId,
  voxelToPixel,
} from '../core/slice-geometry';
import { add, dot, multiply, subtract, type Zyx } from '../core/vec';
import type { FfnMark } from '../state/ffn-marks';

const SVG = 'http://www.w3.org/2000/svg';
const HALF_VOXEL: Zyx = [0.5, 0.5, 0.5];
/** Seeds are seen, fainter, from so many slices away. */
const MOST_SLICES = 8;
/** CSS pixels. */
const RING_PIXELS = 6;
const CROSS_PIXELS = 3;
/** A block cut smaller than that is too small for its bar. */
const LEAST_BAR_PIXELS = 7;

/** Of what has no segment's colour yet. */
const NEUTRAL = 'var(--stage-text, #d9dde3)';

/** What marks are drawn on. */
export interface MarkedView {
  readonly view: SliceView;
  readonly voxelSizeNm: Zyx;
  /** CSS pixels a device pixel spans. */
  readonly cssPerPixel: number;
  /** The object that grows now; 0 while that is not known. */
  readonly runningId: number;
}

function shape(name: 'path' | 'ellipse', attributes: Record<string, string>): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** The same twice: a dark ground, so that it is seen on any image, and the line itself. */
const outlined = (name: 'path' | 'ellipse', attributes: Record<string, string>): SVGElement[] => [
  shape(name, { ...attributes, class: 'mark-ground' }),
  shape(name, { ...attributes, class: 'mark-line' }),
];

const bar = (half: number): string => `M${-half} 0H${half}`;
const ring = (radius: number): string =>
  `M${-radius} 0A${radius} ${radius} 0 1 1 ${radius} 0A${radius} ${radius} 0 1 1 ${-radius} 0`;

/** Draws seeds as rings with a cross, and the discs that the slice cuts of blocks. */
export function sliceMarks(viewId: ViewId) {
  const element = document.createElementNS(SVG, 'svg');
  element.setAttribute('class', 'slice-marks');
  element.setAttribute('aria-hidden', 'true');

  const groupOf = (mark: FfnMark, { runningId }: MarkedView): SVGGElement => {
    const id = mark.of === 'running' ? runningId : typeof mark.of === 'number' ? mark.of : 0;
    const group = document.createElementNS(SVG, 'g');
    group.dataset.mark = mark.kind;
    group.style.color = id > 0 ? `rgb(${segmentColour(id).join(' ')})` : NEUTRAL;
    return group;
  };

  const seed = (mark: FfnMark, seen: MarkedView): SVGGElement[] => {
    const { view, voxelSizeNm, cssPerPixel } = seen;
    const middle = add(mark.zyx, HALF_VOXEL);
    const step = multiply(sliceStep(viewId, view.orientation, voxelSizeNm), voxelSizeNm);
    const offset = multiply(subtract(middle, view.centerZyx), voxelSizeNm);
    const { away } = directionsOf(viewId, view.orientation);
    const slices = Math.abs(dot(offset, away)) / Math.hypot(...step);
    if (slices > MOST_SLICES) return [];
    const isHere = slices <= 0.5;
    const [x, y] = voxelToPixel(viewId, view, voxelSizeNm, middle);
    const group = groupOf(mark, seen);
    group.setAttribute('transform', `translate(${x * cssPerPixel} ${y * cssPerPixel})`);
    // From another slice only a ring, the fainter the farther.
    if (!isHere) group.style.opacity = String(0.7 - (0.5 * slices) / MOST_SLICES);
    const cross = `${bar(CROSS_PIXELS)}M0 ${-CROSS_PIXELS}V${CROSS_PIXELS}`;
    group.append(...outlined('path', { d: `${ring(RING_PIXELS)}${isHere ? cross : ''}` }));
    return [group];
  };

  const block = (mark: FfnMark & { kind: 'block' }, seen: MarkedView): SVGGElement[] => {
    const { view, voxelSizeNm, cssPerPixel } = seen;
    const plane = planeOf(viewId, view, voxelSizeNm);
    const section = ballSection(plane, add(mark.zyx, HALF_VOXEL), mark.radius);
    if (!section) return [];
    const { xPixels, yPixels, radiiPixels, radians } = section;
    const group = groupOf(mark, seen);
    const [rx, ry] = radiiPixels.map((radius) => radius * cssPerPixel) as [number, number];
    const degrees = (radians * 180) / Math.PI;
    group.setAttribute('transform', `translate(${xPixels * cssPerPixel} ${yPixels * cssPerPixel})`);
    const turned = `rotate(${degrees})`;
    group.append(...outlined('ellipse', { rx: `${rx}`, ry: `${ry}`, transform: turned }));
    if (Math.min(rx, ry) >= LEAST_BAR_PIXELS)
      group.append(...outlined('path', { d: bar(CROSS_PIXELS + 1) }));
    return [group];
  };

  return {
    element,
    show(marks: readonly FfnMark[], seen: MarkedView): void {
      if (marks.length === 0 && element.childElementCount === 0) return;
      // Seeds over blocks.
      element.replaceChildren(
        ...marks.flatMap((mark) => (mark.kind === 'block' ? block(mark, seen) : [])),
        ...marks.flatMap((mark) => (mark.kind === 'seed' ? seed(mark, seen) : [])),
      );
    },
  };
}
