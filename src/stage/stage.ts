import { Scene } from 'three';
import type { Eye, VolumeExtent } from '../core/scene-geometry';
import type { DrawingLimit, SurfaceChange } from '../core/surface';
import { Guides } from './guides';
import { pick } from './picking';
import { Picture } from './picture';
import { placeInScene } from './place';
import type { StageMessage, StageReport } from './protocol';
import { Surfaces } from './surfaces';
import { TriangleLimit } from './triangle-limit';

/** How long a picture of a camera that moves waits for coarser surfaces, where those that are shown are too much to be drawn fast. */
const COARSER_MILLISECONDS = 300;
/** So many times as many as are drawn fast are too many. */
const TOO_MANY = 2;

/** The 3-D view: what is in it and how it is drawn, as the page says; draws only when something changed. */
export class Stage {
  private readonly scene = new Scene();
  private readonly surfaces = new Surfaces();
  private readonly guides = new Guides();
  private readonly limit = new TriangleLimit();
  private volume: VolumeExtent | null = null;
  private eye: Eye | undefined;
  /** Whether something else computes meanwhile. */
  private isRunning = false;
  private picture: Picture | undefined;
  private waiting: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly report: (report: StageReport) => void,
    private readonly pictureOn = Picture.on,
  ) {
    this.scene.add(this.surfaces.root, this.guides.root);
  }

  receive(message: StageMessage): void {
    switch (message.type) {
      case 'start':
        this.start(message);
        break;
      case 'volume':
        this.volume = message.volume;
        this.surfaces.clear();
        this.guides.setVolume(message.volume);
        if (message.volume)
          for (const { root } of [this.surfaces, this.guides]) placeInScene(root, message.volume);
        this.look();
        break;
      case 'segments':
        this.isRunning = message.segments.job !== null;
        this.surfaces.sync(message.segments);
        break;
      case 'guides':
        this.guides.place(message.guides);
        break;
      case 'size':
        this.picture?.resize(message.size);
        break;
      case 'eye':
        this.eye = message.eye;
        this.look();
        if (!this.isTooMuch) break;
        this.waiting ??= setTimeout(() => this.waited(), COARSER_MILLISECONDS);
        return;
      case 'pick':
        this.report({ type: 'picked', pick: this.pick(message.x, message.y) });
        return;
    }
    this.picture?.request();
  }

  private start({ canvas, surfaces, colours }: StageMessage & { type: 'start' }): void {
    this.guides.colour(colours);
    this.picture = this.pictureOn(canvas, this.scene, {
      isShared: () => this.isRunning,
      drawn: (eye) => {
        const { triangles, visible } = this.surfaces;
        this.report({ type: 'drawn', eye, triangles, segments: visible.length });
        return (milliseconds) => {
          if (this.limit.told(triangles, milliseconds))
            surfaces.postMessage({ triangles: this.limit.triangles } satisfies DrawingLimit);
        };
      },
      lost: () => {
        // What was on the lost graphics card is forgotten now: later it would be freed on the wrong one.
        this.surfaces.releaseGpu();
        this.guides.releaseGpu();
        this.report({ type: 'lost' });
      },
      restored: () => this.report({ type: 'restored' }),
    });
    if (!this.picture) this.report({ type: 'unavailable' });
    this.look();
    surfaces.onmessage = ({ data }: MessageEvent<SurfaceChange>) => {
      this.surfaces.apply(data);
      if (this.waiting === undefined) this.picture?.surfacesChanged();
      else if (!this.isTooMuch) this.waited();
    };
  }

  private get isTooMuch(): boolean {
    return this.surfaces.triangles > TOO_MANY * this.limit.triangles;
  }

  /** Draws what the camera sees that waited for coarser surfaces. */
  private waited(): void {
    clearTimeout(this.waiting);
    this.waiting = undefined;
    this.picture?.request();
  }

  /** Looks again: how near and how far is drawn goes by eye and volume, whichever of them came last. */
  private look(): void {
    if (this.eye) this.picture?.look(this.eye, this.volume);
  }

  private pick(x: number, y: number) {
    if (!this.volume || !this.picture) return null;
    return pick(this.surfaces, this.volume, this.picture.camera, x, y);
  }
}
