import { planeOf, type SliceView, type ViewId } from '../../core/slice-geometry';
import type { GpuMemory } from '../../gpu/memory';
import type { Batch, DrawList, GpuScene, LayerDraw } from './draw-list';
import { drawList } from './draw-list';
import { Growing } from './growing';
import { imageTexels, SlicePipelines } from './pipelines';
import { blendingAt, type LabelColours } from './scene';
import { segmentFlags } from './segment-flags';
import { SliceTextures } from './slice-textures';
import { Table } from './table';
import { LAYER_BYTES, UNIFORM_BYTES, uniformsOf, VIEW_BYTES } from './uniforms';

/** A layer of the scene, by its place in it. */
interface Placed extends LayerDraw {
  readonly index: number;
}

/** What one frame is drawn with. */
interface Frame {
  readonly encoder: GPUCommandEncoder;
  readonly target: GPUTexture;
  readonly textures: SliceTextures;
  readonly view: GPUBindGroup;
  readonly list: DrawList;
}

/**
 * Draws slices straight from brick buffers. A layer's bricks are drawn as quads into a texture of values or of ids,
 * coarse levels first; one more pass colours it over those below. The background, an image on it and labels on that, which is
 * all that most slices show, are coloured in one pass. Each draw is one submission; nothing is read back.
 */
export class SliceRenderer {
  private readonly device: GPUDevice;
  private readonly pipelines: SlicePipelines;
  private readonly uniforms: Growing;
  private readonly instances: Growing;
  private readonly flags: Table;
  private readonly noColours: Table;
  private readonly colourTables = new Map<LabelColours, { table: Table; version: number }>();
  /** As large as the views are, the widest and the highest. */
  private textures: SliceTextures | undefined;
  private readonly sizes = new Map<ViewId, { widthPixels: number; heightPixels: number }>();
  private readonly voxelGroups = new WeakMap<GPUBuffer, GPUBindGroup>();
  private flagged: Pick<GpuScene, 'selectedIds' | 'hiddenIds'> | undefined;

  constructor(private readonly memory: GpuMemory) {
    const { device } = memory;
    this.device = device;
    this.pipelines = new SlicePipelines(device);
    this.uniforms = new Growing(memory, 'slice uniforms', GPUBufferUsage.UNIFORM);
    this.instances = new Growing(memory, 'slice instances', GPUBufferUsage.VERTEX);
    this.flags = new Table(memory, 'segment flags');
    this.noColours = new Table(memory, 'no label colours');
  }

  /** Draws one view onto all of `target`, a colour-renderable texture whose format has no sRGB encoding of its own. */
  draw(viewId: ViewId, view: SliceView, scene: GpuScene, target: GPUTexture): void {
    const state = { ...view, widthPixels: target.width, heightPixels: target.height };
    const plane = planeOf(viewId, state, scene.voxelSizeNm);
    const list = drawList(plane, scene);
    this.uniforms.write(uniformsOf(plane, scene.volumeShapeZyx, scene.layers));
    this.instances.write(list.instances);
    this.writeFlags(scene);
    const encoder = this.device.createCommandEncoder({ label: `slice ${viewId}` });
    const textures = this.texturesOf(viewId, target.width, target.height);
    this.drawLayers({ encoder, target, textures, view: this.viewGroup(), list });
    this.device.queue.submit([encoder.finish()]);
    this.letGoOfColours(scene);
  }

  /** Resolves when the GPU has done all that was asked of it. */
  done(): Promise<undefined> {
    return this.device.queue.onSubmittedWorkDone();
  }

  dispose(): void {
    this.textures?.dispose();
    this.textures = undefined;
    for (const { table } of this.colourTables.values()) table.dispose();
    this.colourTables.clear();
    for (const held of [this.flags, this.noColours, this.uniforms, this.instances]) held.dispose();
  }

  private drawLayers(frame: Frame): void {
    const layers = frame.list.layers.map((layer, index): Placed => ({ ...layer, index }));
    const drawn = this.drawBase(frame, layers);
    for (const placed of layers.slice(drawn)) this.drawOver(frame, placed);
  }

  /** Draws the background, and as many of the lowest layers as one pass can: returns how many. */
  private drawBase(frame: Frame, layers: readonly Placed[]): number {
    const [lowest, second] = layers;
    const image = lowest?.layer.kind === 'image' ? lowest : undefined;
    const above = image ? second : lowest;
    // The hatch of the image lies below the labels.
    const canFuse = above && above.layer.kind !== 'image' && !image?.hatch.instances;
    const labels = canFuse ? above : undefined;
    // A layer of which nothing is to be seen here need not be looked for.
    const shownImage = image?.batches.length ? image : undefined;
    const shownLabels = labels?.batches.length ? labels : undefined;
    if (shownImage) this.drawBricks(frame, shownImage);
    if (shownLabels) this.drawBricks(frame, shownLabels);
    const pass = this.beginColours(frame, 'clear', shownImage, shownLabels);
    const pipeline = this.pipelines.base(
      frame.target.format,
      shownImage?.layer,
      shownLabels?.layer,
      blendingAt(
        frame.list.layers.map(({ layer }) => layer),
        labels?.index ?? 0,
      ),
    );
    pass.setPipeline(pipeline);
    pass.draw(3);
    pass.end();
    // One of them at most: below labels that were drawn with it, an image is not hatched.
    const hatched = labels ?? image;
    if (hatched) this.drawHatch(frame, hatched);
    return (image ? 1 : 0) + (labels ? 1 : 0);
  }

  private drawOver(frame: Frame, placed: Placed): void {
    const { layer, area, index } = placed;
    if (!area) return;
    this.drawBricks(frame, placed);
    const isImage = layer.kind === 'image';
    const pass = this.beginColours(
      frame,
      'load',
      isImage ? placed : undefined,
      isImage ? undefined : placed,
    );
    const blending = blendingAt(
      frame.list.layers.map((other) => other.layer),
      index,
    );
    pass.setScissorRect(area.left, area.top, area.right - area.left, area.bottom - area.top);
    pass.setPipeline(this.pipelines.over(frame.target.format, layer, blending));
    pass.draw(3);
    pass.end();
    this.drawHatch(frame, placed);
  }

  /** Draws a layer's bricks into the view's texture of values or of ids. */
  private drawBricks(frame: Frame, { layer, batches }: LayerDraw): void {
    const { textures, view, list } = frame;
    const pass =
      layer.kind === 'image'
        ? beginBricks(frame, textures.imageOf(layer), [imageTexels(layer.dtype).notLoaded, 0, 0, 0])
        : beginBricks(frame, textures.labels, [0, 0, 0, 0]);
    pass.setBindGroup(0, view);
    if (batches.length > 0) pass.setVertexBuffer(0, this.instances.buffer);
    for (const { stage, source, instances, firstInstance } of batches satisfies readonly Batch[]) {
      pass.setPipeline(this.pipelines.ofStage(stage, list.isOblique));
      pass.setBindGroup(1, this.voxelGroup(source));
      pass.draw(4, instances, 0, firstInstance);
    }
    pass.end();
  }

  private beginColours(
    frame: Frame,
    loadOp: GPULoadOp,
    image: Placed | undefined,
    labels: Placed | undefined,
  ): GPURenderPassEncoder {
    const pass = beginPass(frame.encoder, frame.target, [0, 0, 0, 1], loadOp);
    pass.setBindGroup(0, frame.view);
    pass.setBindGroup(1, this.layersGroup(frame.textures, image, labels));
    return pass;
  }

  /** Hatches a layer over what is drawn: first into the texture of ids, which nobody needs any more, as ones and zeros. */
  private drawHatch(frame: Frame, placed: Placed): void {
    const { hatch, area } = placed;
    if (hatch.instances === 0 || !area) return;
    const { textures, view, list, target } = frame;
    const marks = beginBricks(frame, textures.labels, [0, 0, 0, 0]);
    marks.setBindGroup(0, view);
    marks.setVertexBuffer(0, this.instances.buffer);
    marks.setPipeline(this.pipelines.mark(list.isOblique));
    marks.draw(4, hatch.instances, 0, hatch.firstInstance);
    marks.end();
    const pass = this.beginColours(frame, 'load', undefined, placed);
    pass.setScissorRect(area.left, area.top, area.right - area.left, area.bottom - area.top);
    pass.setPipeline(this.pipelines.hatch(target.format));
    pass.draw(3);
    pass.end();
  }

  private writeFlags({ selectedIds, hiddenIds }: GpuScene): void {
    const { flagged } = this;
    if (flagged?.selectedIds === selectedIds && flagged.hiddenIds === hiddenIds) return;
    this.flags.write(segmentFlags(selectedIds, hiddenIds));
    this.flagged = { selectedIds, hiddenIds };
  }

  /** The colours of a stored label layer on the GPU, as new as they are. */
  private coloursOf(colours: LabelColours): GPUBuffer {
    let kept = this.colourTables.get(colours);
    if (!kept) {
      kept = { table: new Table(this.memory, 'label colours'), version: -1 };
      this.colourTables.set(colours, kept);
    }
    if (kept.version !== colours.version) kept.table.write(colours.words);
    kept.version = colours.version;
    return kept.table.buffer;
  }

  /** Lets go of the colours of layers that are no longer drawn. */
  private letGoOfColours({ layers }: GpuScene): void {
    for (const [colours, { table }] of this.colourTables) {
      if (layers.some((layer) => layer.kind === 'labels' && layer.colours === colours)) continue;
      table.dispose();
      this.colourTables.delete(colours);
    }
  }

  private texturesOf(viewId: ViewId, widthPixels: number, heightPixels: number): SliceTextures {
    this.sizes.set(viewId, { widthPixels, heightPixels });
    const sizes = [...this.sizes.values()];
    const width = Math.max(...sizes.map((size) => size.widthPixels));
    const height = Math.max(...sizes.map((size) => size.heightPixels));
    const kept = this.textures;
    if (kept?.widthPixels === width && kept.heightPixels === height) return kept;
    kept?.dispose();
    this.textures = new SliceTextures(this.memory, width, height);
    return this.textures;
  }

  private viewGroup(): GPUBindGroup {
    return this.device.createBindGroup({
      layout: this.pipelines.layouts.view,
      entries: [
        { binding: 0, resource: { buffer: this.uniforms.buffer, size: VIEW_BYTES } },
        { binding: 1, resource: { buffer: this.flags.buffer } },
      ],
    });
  }

  private voxelGroup(buffer: GPUBuffer): GPUBindGroup {
    const kept = this.voxelGroups.get(buffer);
    if (kept) return kept;
    const group = this.device.createBindGroup({
      layout: this.pipelines.layouts.voxels,
      entries: [{ binding: 0, resource: { buffer } }],
    });
    this.voxelGroups.set(buffer, group);
    return group;
  }

  private layersGroup(
    textures: SliceTextures,
    imageLayer: Placed | undefined,
    labelLayer: Placed | undefined,
  ): GPUBindGroup {
    const uniform = ({ index }: Pick<Placed, 'index'>) => ({
      buffer: this.uniforms.buffer,
      offset: UNIFORM_BYTES * (1 + index),
      size: LAYER_BYTES,
    });
    const image = textures.imageOf(
      imageLayer?.layer.kind === 'image' ? imageLayer.layer : undefined,
    );
    const colours =
      labelLayer?.layer.kind === 'labels'
        ? this.coloursOf(labelLayer.layer.colours)
        : this.noColours.buffer;
    return this.device.createBindGroup({
      layout: this.pipelines.layouts.layers,
      entries: [
        { binding: 0, resource: image.createView() },
        { binding: 1, resource: textures.labels.createView() },
        { binding: 2, resource: { buffer: colours } },
        { binding: 3, resource: uniform(imageLayer ?? { index: 0 }) },
        { binding: 4, resource: uniform(labelLayer ?? { index: 0 }) },
      ],
    });
  }
}

/** Begins to draw bricks into a texture that may be larger than the view. */
function beginBricks(
  { encoder, target }: Frame,
  texture: GPUTexture,
  clearValue: GPUColor,
): GPURenderPassEncoder {
  const pass = beginPass(encoder, texture, clearValue);
  pass.setViewport(0, 0, target.width, target.height, 0, 1);
  return pass;
}

const beginPass = (
  encoder: GPUCommandEncoder,
  texture: GPUTexture,
  clearValue: GPUColor,
  loadOp: GPULoadOp = 'clear',
) =>
  encoder.beginRenderPass({
    colorAttachments: [{ view: texture.createView(), clearValue, loadOp, storeOp: 'store' }],
  });
