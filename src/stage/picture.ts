import {
  DirectionalLight,
  HemisphereLight,
  PerspectiveCamera,
  type Scene,
  WebGLRenderer,
} from 'three';
import {
  type Eye,
  FIELD_OF_VIEW_DEGREES,
  radiusOf,
  type VolumeExtent,
} from '../core/scene-geometry';
import { type FrameKind, GpuPace } from './gpu-pace';
import { vectorOf } from './place';
import type { PictureSize } from './protocol';
import { warmUp } from './warm-up';

/** What a picture asks and tells. */
interface PictureEvents {
  /** Whether something else needs the graphics card now. */
  isShared(): boolean;
  /** A frame is drawn, as an eye sees it; what is returned is told how many milliseconds the graphics card took for it. */
  drawn(eye: Eye): (milliseconds: number) => void;
  /** The graphics card was lost: what is on it is to be forgotten. */
  lost(): void;
  /** It has come back; all is drawn again. */
  restored(): void;
}

const NOWHERE: Eye = { position: [1, 0, 0], target: [0, 0, 0] };

/** A scene on a canvas, seen by a camera that carries its light. Drawn once a frame at most, when asked for. */
export class Picture {
  readonly camera = new PerspectiveCamera(FIELD_OF_VIEW_DEGREES);
  private eye = NOWHERE;
  private size: PictureSize | undefined;
  private isResized = false;
  private isAwaited = false;
  private isRequested = false;
  private readonly renderer: WebGLRenderer;
  private readonly pace: GpuPace;
  private coolDown: () => void;

  /** Undefined where there is no WebGL 2. */
  static on(canvas: OffscreenCanvas, scene: Scene, events: PictureEvents): Picture | undefined {
    const context = canvas.getContext('webgl2', { antialias: true, alpha: true });
    return context ? new Picture(canvas, context, scene, events) : undefined;
  }

  private constructor(
    canvas: OffscreenCanvas,
    private readonly context: WebGL2RenderingContext,
    private readonly scene: Scene,
    private readonly events: PictureEvents,
  ) {
    const headlight = new DirectionalLight(0xffffff, 2.4);
    headlight.position.set(0.35, 0.6, 1);
    headlight.target.position.set(0, 0, -1);
    this.camera.add(headlight, headlight.target);
    scene.add(this.camera, new HemisphereLight(0xffffff, 0x54585f, 0.9));
    this.renderer = new WebGLRenderer({ canvas, context });
    // To ask whether programs are right waits for the graphics card; they are three's own.
    this.renderer.debug.checkShaderErrors = false;
    this.pace = new GpuPace(context);
    this.coolDown = warmUp(this.renderer, scene, this.camera);
    canvas.addEventListener('webglcontextlost', (event) => {
      event.preventDefault();
      this.coolDown();
      events.lost();
    });
    canvas.addEventListener('webglcontextrestored', () => {
      this.coolDown = warmUp(this.renderer, scene, this.camera);
      events.restored();
      this.request();
    });
  }

  resize(size: PictureSize): void {
    this.size = size;
    this.isResized = true;
    this.camera.aspect = size.width / size.height;
    this.camera.updateProjectionMatrix();
  }

  /** Looks at a volume; the nearest and the farthest that is drawn follow the camera, so that depth stays fine at every zoom. */
  look(eye: Eye, volume: VolumeExtent | null): void {
    const { camera } = this;
    this.eye = eye;
    camera.position.copy(vectorOf(eye.position));
    camera.lookAt(vectorOf(eye.target));
    const distance = camera.position.length();
    const radius = volume ? radiusOf(volume) : 1;
    camera.near = Math.max(distance - 1.1 * radius, radius / 2000);
    camera.far = distance + 1.1 * radius;
    camera.updateProjectionMatrix();
    camera.updateMatrixWorld();
  }

  /** Asks for a frame, since something else is to be seen. */
  request(): void {
    this.isAwaited = true;
    this.surfacesChanged();
  }

  /** Asks for one that may wait while something else needs the graphics card. */
  surfacesChanged(): void {
    if (this.isRequested) return;
    this.isRequested = true;
    requestAnimationFrame(() => {
      this.isRequested = false;
      if (this.pace.ready(this.kind)) this.draw();
      else this.surfacesChanged();
    });
  }

  private get kind(): FrameKind {
    // A canvas of another size shows the last picture distorted: it does not wait for what else the card does.
    if (this.isResized || !this.events.isShared()) return 'alone';
    return this.isAwaited ? 'answer' : 'growth';
  }

  private draw(): void {
    if (!this.size || this.context.isContextLost()) return;
    const { width, height, ratio } = this.size;
    // A canvas is blank once it is resized: it is drawn at once.
    if (this.isResized) this.renderer.setDrawingBufferSize(width, height, ratio);
    this.isResized = false;
    this.isAwaited = false;
    this.renderer.render(this.scene, this.camera);
    this.pace.drawn(this.events.drawn(this.eye));
  }
}
