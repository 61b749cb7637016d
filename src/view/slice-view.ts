import { FloodlightError } from '../core/errors';
import { isIdentity } from '../core/quaternion';
import { pixelToVoxel, type SliceView, type ViewId } from '../core/slice-geometry';
import { add, equal, floor, type Zyx } from '../core/vec';
import { centerKeeping, limitZoom } from '../state/navigation';
import type { Session } from '../state/session';
import { type CanvasSize, watchSize } from './canvas-size';
import { frameTask } from './frame';
import { listenToInput, type Pixel, type SliceTarget } from './slice-input';
import { mountSliceOverlay } from './slice-overlay';
import { applyTool, voxelInVolume } from './slice-tools';

/** What of the store the picture, the overlay or the probe depends on. */
const SHOWN = [
  ...(['volume', 'positionZyx', 'orientation', 'nmPerPixel', 'segments'] as const),
  ...(['tool', 'ffn', 'running', 'display'] as const),
];

const attached = new WeakSet<HTMLCanvasElement>();

/** A canvas can be given away only once, but may be mounted again. */
async function attachOnce(session: Session, view: ViewId, canvas: HTMLCanvasElement) {
  if (attached.has(canvas)) return;
  attached.add(canvas);
  try {
    if (!('transferControlToOffscreen' in canvas)) {
      throw new FloodlightError('UNSUPPORTED_BROWSER', { feature: 'OffscreenCanvas' });
    }
    await session.attachView(view, canvas);
  } catch (error) {
    session.report(error, 'views');
  }
}

/**
 * Makes a canvas a slice view of the session, with its input, and its overlay in an element over it; returns how to end
 * it. Both elements fill their parent, which must be positioned. The engine draws the canvas from now on.
 */
export function mountSliceView(
  session: Session,
  viewId: ViewId,
  canvas: HTMLCanvasElement,
  overlayElement: HTMLElement,
): () => void {
  const { navigation } = session;
  const overlay = mountSliceOverlay(viewId, overlayElement);
  let size: CanvasSize | null = null;
  let sent: SliceView | null = null;
  let pointer: Pixel | null = null;
  let probed: Zyx | null = null;

  const look = (): SliceView | null =>
    session.state.volume &&
    size && {
      centerZyx: navigation.centerZyx,
      orientation: session.state.orientation,
      nmPerPixel: session.state.nmPerPixel,
      widthPixels: size.widthPixels,
      heightPixels: size.heightPixels,
    };

  const voxelAt = ([x, y]: Pixel): Zyx | null => {
    const { volume } = session.state;
    const view = look();
    return volume && view && pixelToVoxel(viewId, view, volume.voxelSizeNm, x, y);
  };

  const probe = () => {
    const point = pointer && voxelAt(pointer);
    const voxel = point && voxelInVolume(session, point);
    if (voxel === probed || (voxel && probed && equal(voxel, probed))) return;
    probed = voxel;
    void session.probe(voxel);
  };

  /** Tells the engine how this view looks at the volume, where it does not know. */
  const send = (): SliceView | null => {
    if (size && size.widthPixels > 1 && viewId === 'xy') navigation.fitOnce(viewId, size);
    const view = look();
    if (view && !(sent && sameView(view, sent))) session.setView(viewId, view);
    sent = view ?? sent;
    return view;
  };

  const frame = frameTask(() => {
    const view = send();
    const { volume, positionZyx } = session.state;
    if (!view || !volume || !size) return overlay.update(null);
    const { cssPerPixel } = size;
    const { crossingZyx } = navigation;
    overlay.update({
      view,
      voxelSizeNm: volume.voxelSizeNm,
      positionZyx,
      crossingZyx,
      cssPerPixel,
      marks: session.ffn.marks,
      runningId: session.state.running?.progress?.id ?? 0,
    });
    probe();
  });

  const target: SliceTarget = {
    pixelOf(event) {
      const { left, top } = canvas.getBoundingClientRect();
      const cssPerPixel = size?.cssPerPixel ?? 1;
      return [(event.clientX - left) / cssPerPixel, (event.clientY - top) / cssPerPixel];
    },
    voxelAt,
    keepAt(voxelZyx, pixel, zoomFactor) {
      const { volume, nmPerPixel } = session.state;
      if (!volume) return;
      if (zoomFactor !== 1) session.setZoom(limitZoom(nmPerPixel * zoomFactor, volume));
      const view = look();
      if (!view) return;
      navigation.moveTo(centerKeeping(viewId, view, volume.voxelSizeNm, voxelZyx, pixel));
    },
    step: (slices) => navigation.step(viewId, slices),
    turn: (aboutZyx, rightRadians, downRadians) =>
      navigation.tilt(viewId, rightRadians, downRadians, aboutZyx),
    // To the middle of a voxel, but where that would leave an oblique plane.
    center: (point) =>
      navigation.moveTo(
        isIdentity(session.state.orientation) ? add(floor(point), [0.5, 0.5, 0.5]) : point,
      ),
    toolPans: () => session.state.tool === 'pan',
    applyTool: (point, held) => void applyTool(session, point, held),
    hover(pixel) {
      pointer = pixel;
      if (pixel) {
        session.setActiveView(viewId);
        frame.request();
      } else probe();
    },
  };

  canvas.classList.add('slice-canvas');
  canvas.dataset.tool = session.state.tool;
  void attachOnce(session, viewId, canvas);
  const ends = [
    listenToInput(canvas, target),
    watchSize(canvas, (changed) => {
      size = changed;
      frame.request();
    }),
    navigation.store.subscribe(frame.request),
    session.store.subscribe((state, before) => {
      if (state.tool !== before.tool) canvas.dataset.tool = state.tool;
      // What lies under a resting pointer may have another label now.
      if (state.segments !== before.segments && pointer) probed = null;
      // A volume that was just opened is looked at anew, though the view be the same; at once, since its bricks wait for that.
      if (state.volume !== before.volume) {
        sent = null;
        send();
      }
      if (SHOWN.some((key) => state[key] !== before[key])) frame.request();
    }),
  ];
  return () => {
    for (const end of ends) end();
    frame.cancel();
    overlay.remove();
    // One pixel, so that the engine loads nothing for a view that nobody sees.
    if (sent) session.setView(viewId, { ...sent, widthPixels: 1, heightPixels: 1 });
  };
}

const sameView = (a: SliceView, b: SliceView): boolean =>
  equal(a.centerZyx, b.centerZyx) &&
  a.orientation.every((part, index) => part === b.orientation[index]) &&
  a.nmPerPixel === b.nmPerPixel &&
  a.widthPixels === b.widthPixels &&
  a.heightPixels === b.heightPixels;
