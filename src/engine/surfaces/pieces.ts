import type { GridGeometry, SurfacePiece } from '../../core/surface';
import { padMask } from '../../mesh/padded-mask';
import { yieldToEvents } from '../../segment/cpu/yield';
import type { LabelPyramid } from '../label-pyramid/label-pyramid';
import type { TreeNode } from '../label-pyramid/segment-tree';
import type { Mesher } from '../mesher';
import { geometryOfLevel } from './scene-camera';
import { neighbours } from './segment-surface';

const READING_MILLISECONDS = 8;

/** Of a brick without a surface. */
export const NO_PIECE: SurfacePiece = {
  positions: new Float32Array(),
  normals: new Float32Array(),
  indices: new Uint32Array(),
  skirtVertices: 0,
  skirtIndices: 0,
};

/** Makes pieces of surface of the pyramid's bits. */
export class Pieces {
  constructor(
    private readonly pyramid: LabelPyramid,
    private readonly mesher: Mesher,
    private readonly geometry: GridGeometry,
  ) {}

  /** The piece of a brick as its bits are now, and the time of the pyramid's clock when they were read. */
  async make(
    id: number,
    node: TreeNode,
    hasSkirt: boolean,
  ): Promise<{ piece: SurfacePiece; readAt: number }> {
    const { level, brickZyx } = node;
    const { pyramid } = this;
    const tree = pyramid.tree(id);
    const around = [...neighbours(brickZyx)].flatMap((at) => tree?.find(level, at) ?? []);
    for (const each of [node, ...around]) await this.refresh(id, each);
    const readAt = pyramid.clock;
    if (pyramid.tree(id) !== tree || !pyramid.bits(id, node)) return { piece: NO_PIECE, readAt };
    const mask = padMask((at) => {
      const beside = tree?.find(level, at);
      return beside && pyramid.bits(id, beside);
    }, brickZyx);
    const geometry = geometryOfLevel(this.geometry, level);
    return { piece: await this.mesher.extract(mask, brickZyx, geometry, hasSkirt), readAt };
  }

  /** Brings a node's bits up to date, with pauses in which events are heard. */
  async refresh(id: number, node: TreeNode): Promise<void> {
    const tree = this.pyramid.tree(id);
    while (node.level > 0 && this.pyramid.tree(id) === tree) {
      const until = performance.now() + READING_MILLISECONDS;
      if (this.pyramid.refresh(id, node, () => performance.now() > until)) return;
      await yieldToEvents();
    }
  }
}
