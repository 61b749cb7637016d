import type { SliceView, ViewId } from '../../core/slice-geometry';
import type { GpuContext } from '../../gpu/device';
import type { DisplayState } from '../protocol';
import { type Batch, drawList, type GpuScene } from './draw-list';
import { SlicePipelines } from './pipelines';
import { segmentFlags } from './segment-flags';
import { SliceTextures } from './slice-textures';
import { Table } from './table';
import { VIEW_BYTES, viewUniform } from './view-uniform';

/** Value of pixels on which no brick was drawn, as in shaders/slice/view.wgsl: the least 32-bit float. */
const NOT_LOADED = -(2 - 2 ** -23) * 2 ** 127;

/**
 * Draws orthogonal slices straight from brick buffers. Bricks are drawn as quads into a texture of values and one of labels,
 * coarse levels first; one more pass colours them. Each draw is one submission; nothing is read back.
 */
export class SliceRenderer {
  private readonly device: GPUDevice;
  private readonly pipelines: SlicePipelines;
  private readonly uniform: GPUBuffer;
  private readonly flags: Table;
  private readonly referenceColours: Table;
  private readonly textures = new Map<ViewId, SliceTextures>();
  private readonly voxelGroups = new WeakMap<GPUBuffer, GPUBindGroup>();
  private instances: GPUBuffer;
  private flagged: Pick<DisplayState, 'selectedIds' | 'hiddenIds'> | undefined;

  constructor({ device }: GpuContext) {
    this.device = device;
    this.pipelines = new SlicePipelines(device);
    this.uniform = device.createBuffer({
      label: 'slice view',
      size: VIEW_BYTES,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
    this.flags = new Table(device, 'segment flags');
    this.referenceColours = new Table(device, 'reference colours');
    this.instances = this.createInstances(16 * 1024);
  }

  /** Colours of the stored label layer's local indices, packed by `packColour`; indices without one, or of alpha 0, are not drawn. */
  setReferenceColours(colours: Uint32Array<ArrayBuffer>): void {
    this.referenceColours.write(colours);
  }

  /** Draws one view onto all of `target`, a colour-renderable texture whose format has no sRGB encoding of its own. */
  draw(viewId: ViewId, view: SliceView, scene: GpuScene, target: GPUTexture): void {
    const state = { ...view, widthPixels: target.width, heightPixels: target.height };
    const { volumeShapeZyx, voxelSizeNm, display } = scene;
    const frame = { viewId, state, volumeShapeZyx, voxelSizeNm };
    const list = drawList(frame, scene);
    this.device.queue.writeBuffer(this.uniform, 0, viewUniform(frame, display));
    this.writeInstances(list.instances);
    this.writeFlags(display);
    const textures = this.texturesOf(viewId, target.width, target.height);
    const viewGroup = this.device.createBindGroup({
      layout: this.pipelines.layouts.view,
      entries: [
        { binding: 0, resource: { buffer: this.uniform } },
        { binding: 1, resource: { buffer: this.flags.buffer } },
      ],
    });
    const encoder = this.device.createCommandEncoder({ label: `slice ${viewId}` });
    const bricks = (texture: GPUTexture, clearValue: GPUColor, batches: readonly Batch[]) => {
      const pass = beginPass(encoder, texture, clearValue);
      pass.setBindGroup(0, viewGroup);
      this.drawBatches(pass, batches, scene);
      pass.end();
    };
    bricks(textures.image, [NOT_LOADED, 0, 0, 0], list.image);
    bricks(textures.labels, [0, 0, 0, 0], list.labels);
    const pass = beginPass(encoder, target, [0, 0, 0, 1]);
    pass.setPipeline(this.pipelines.compose(target.format, list.labels.length > 0));
    pass.setBindGroup(0, viewGroup);
    pass.setBindGroup(1, this.sliceGroup(textures));
    pass.draw(3);
    pass.end();
    this.device.queue.submit([encoder.finish()]);
  }

  /** Resolves when the GPU has done all that was asked of it. */
  done(): Promise<undefined> {
    return this.device.queue.onSubmittedWorkDone();
  }

  dispose(): void {
    for (const textures of this.textures.values()) textures.dispose();
    this.textures.clear();
    this.flags.dispose();
    this.referenceColours.dispose();
    this.uniform.destroy();
    this.instances.destroy();
  }

  private drawBatches(pass: GPURenderPassEncoder, batches: readonly Batch[], scene: GpuScene) {
    if (batches.length === 0) return;
    pass.setVertexBuffer(0, this.instances);
    for (const { stage, source, instances, firstInstance } of batches) {
      pass.setPipeline(this.pipelines.ofStage(stage, scene.imageDtype));
      if (source) pass.setBindGroup(1, this.voxelGroup(source));
      pass.draw(4, instances, 0, firstInstance);
    }
  }

  private writeInstances(bytes: ArrayBuffer): void {
    if (bytes.byteLength === 0) return;
    if (bytes.byteLength > this.instances.size) {
      this.instances.destroy();
      this.instances = this.createInstances(bytes.byteLength * 2);
    }
    this.device.queue.writeBuffer(this.instances, 0, bytes);
  }

  private createInstances(sizeBytes: number): GPUBuffer {
    return this.device.createBuffer({
      label: 'slice instances',
      size: sizeBytes,
      usage: GPUBufferUsage.VERTEX | GPUBufferUsage.COPY_DST,
    });
  }

  private writeFlags({ selectedIds, hiddenIds }: DisplayState): void {
    const { flagged } = this;
    if (flagged?.selectedIds === selectedIds && flagged.hiddenIds === hiddenIds) return;
    this.flags.write(segmentFlags(selectedIds, hiddenIds));
    this.flagged = { selectedIds, hiddenIds };
  }

  private texturesOf(viewId: ViewId, widthPixels: number, heightPixels: number): SliceTextures {
    const kept = this.textures.get(viewId);
    if (kept?.widthPixels === widthPixels && kept.heightPixels === heightPixels) return kept;
    kept?.dispose();
    const textures = new SliceTextures(this.device, widthPixels, heightPixels);
    this.textures.set(viewId, textures);
    return textures;
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

  private sliceGroup({ image, labels }: SliceTextures): GPUBindGroup {
    return this.device.createBindGroup({
      layout: this.pipelines.layouts.slice,
      entries: [
        { binding: 0, resource: image.createView() },
        { binding: 1, resource: labels.createView() },
        { binding: 2, resource: { buffer: this.referenceColours.buffer } },
      ],
    });
  }
}

const beginPass = (encoder: GPUCommandEncoder, texture: GPUTexture, clearValue: GPUColor) =>
  encoder.beginRenderPass({
    colorAttachments: [
      { view: texture.createView(), clearValue, loadOp: 'clear', storeOp: 'store' },
    ],
  });
