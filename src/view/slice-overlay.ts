import { isIdentity } from '../core/quaternion';
import {
  type Axis,
  axesOf,
  directionsOf,
  type SliceView,
  type ViewId,
  voxelToPixel,
} from '../core/slice-geometry';
import type { Zyx } from '../core/vec';
import type { FfnMark } from '../state/ffn-marks';
import { axesGizmo } from './axes-gizmo';
import { scaleBar, scaleBarElement } from './scale-bar';
import { type MarkedView, sliceMarks } from './slice-marks';

const AXIS_NAMES = ['z', 'y', 'x'] as const;
const SVG = 'http://www.w3.org/2000/svg';

/** Half of the cross-hair's opening, and the scale bar's greatest length; CSS pixels. */
const GAP_PIXELS = 12;
const BAR_PIXELS = 110;

/** What a slice view's overlay shows. */
export interface SliceOverlayState extends MarkedView {
  readonly positionZyx: Zyx;
  /** Where all views meet. */
  readonly crossingZyx: Zyx;
  readonly marks: readonly FfnMark[];
}

function axisName(axis: Axis): HTMLElement {
  const letter = document.createElement('b');
  letter.className = `axis-${AXIS_NAMES[axis]}`;
  letter.textContent = AXIS_NAMES[axis];
  return letter;
}

/** How a view is turned: away from its own axis, or in its plane; degrees, in words. */
function turnOf(viewId: ViewId, { orientation }: SliceView): string {
  const { horizontal, normal } = axesOf(viewId);
  const { right, away } = directionsOf(viewId, orientation);
  const degrees = (cosine: number) =>
    Math.round((Math.acos(Math.min(Math.max(cosine, -1), 1)) * 180) / Math.PI);
  const tilt = degrees(away[normal]);
  return tilt > 0 ? `tilted ${tilt}°` : `turned ${degrees(right[horizontal])}°`;
}

/** Draws marks, cross-hair, label, scale bar and, where it is turned, the volume's axes over a slice view; null empties it. */
export function mountSliceOverlay(viewId: ViewId, overlay: HTMLElement) {
  const { horizontal, vertical, normal } = axesOf(viewId);
  overlay.classList.add('slice-overlay');
  overlay.hidden = true;
  const crosshair = document.createElementNS(SVG, 'svg');
  crosshair.setAttribute('class', 'crosshair');
  crosshair.setAttribute('aria-hidden', 'true');
  // The line along which one coordinate is constant has that axis's colour.
  const line = (axis: Axis) => {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('class', `axis-${AXIS_NAMES[axis]}`);
    crosshair.append(path);
    return path;
  };
  const [upright, level] = [line(horizontal), line(vertical)];
  const label = document.createElement('div');
  label.className = 'view-label';
  const slice = document.createElement('span');
  label.append(axisName(horizontal), axisName(vertical), slice);
  const bar = scaleBarElement();
  const gizmo = axesGizmo();
  const marks = sliceMarks(viewId);
  overlay.append(marks.element, crosshair, label, bar.element, gizmo.element);

  const showTurn = (view: SliceView, isTurned: boolean) => {
    label.classList.toggle('is-turned', isTurned);
    gizmo.element.classList.toggle('is-idle', !isTurned);
    if (!isTurned) return;
    const { right, down, away } = directionsOf(viewId, view.orientation);
    gizmo.turn((axis) => ({ right: right[axis], down: down[axis], near: -away[axis] }));
  };

  const show = (state: SliceOverlayState) => {
    const { view, voxelSizeNm, positionZyx, crossingZyx, cssPerPixel } = state;
    const isTurned = !isIdentity(view.orientation);
    showTurn(view, isTurned);
    marks.show(state.marks, state);
    const [xPixels, yPixels] = voxelToPixel(viewId, view, voxelSizeNm, crossingZyx);
    const x = Math.floor(xPixels * cssPerPixel) + 0.5;
    const y = Math.floor(yPixels * cssPerPixel) + 0.5;
    const right = view.widthPixels * cssPerPixel;
    const bottom = view.heightPixels * cssPerPixel;
    upright.setAttribute('d', `M${x} 0V${y - GAP_PIXELS}M${x} ${y + GAP_PIXELS}V${bottom}`);
    level.setAttribute('d', `M0 ${y}H${x - GAP_PIXELS}M${x + GAP_PIXELS} ${y}H${right}`);
    slice.textContent = isTurned
      ? turnOf(viewId, view)
      : `${AXIS_NAMES[normal]} ${positionZyx[normal]}`;
    bar.show(scaleBar(view.nmPerPixel / cssPerPixel, Math.min(BAR_PIXELS, right / 3)));
  };

  let shown = '';
  return {
    update(state: SliceOverlayState | null) {
      overlay.hidden = state === null;
      // What is written again is painted again, though it be the same.
      const text = JSON.stringify(state);
      if (state && text !== shown) show(state);
      shown = text;
    },
    remove: () => overlay.replaceChildren(),
  };
}
