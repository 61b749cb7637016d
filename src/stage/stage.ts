import { Scene } from 'three';
import type { Eye, VolumeExtent } from '../core/scene-geometry';
import type { SurfaceChange } from '../core/surface';
import { Guides } from './guides';
import { pick } from './picking';
import { Picture } from './picture';
import { placeInScene } from './place';
import type { StageMessage, StageReport } from './protocol';
import { Surfaces } from './surfaces';

/** The 3-D view: what is in it and how it is drawn, as the page says; draws only when something changed. */
export class Stage {
  private readonly scene = new Scene();
  private readonly surfaces = new Surfaces();
  private readonly guides = new Guides();
  private volume: VolumeExtent | null = null;
  private eye: Eye | undefined;
  /** Whether something else computes meanwhile. */
  private isRunning = false;
  private picture: Picture | undefined;

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
        break;
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
      this.picture?.surfacesChanged();
    };
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
