import brick from '../../../shaders/slice/brick.wgsl?raw';
import colour from '../../../shaders/slice/colour.wgsl?raw';
import compose from '../../../shaders/slice/compose.fragment.wgsl?raw';
import failed from '../../../shaders/slice/failed.fragment.wgsl?raw';
import fill from '../../../shaders/slice/fill.fragment.wgsl?raw';
import image from '../../../shaders/slice/image.fragment.wgsl?raw';
import labels from '../../../shaders/slice/labels.fragment.wgsl?raw';
import quad from '../../../shaders/slice/quad.vertex.wgsl?raw';
import screen from '../../../shaders/slice/screen.vertex.wgsl?raw';
import view from '../../../shaders/slice/view.wgsl?raw';
import type { ImageDtype } from '../../core/dtype';
import { INSTANCE_BYTES, type Stage } from './draw-list';

/** Image value, then 1 where the brick failed; label id. What the brick stages draw into. */
export const IMAGE_FORMAT = 'rg32float';
export const LABEL_FORMAT = 'r32uint';

const INSTANCE_LAYOUT: GPUVertexBufferLayout = {
  arrayStride: INSTANCE_BYTES,
  stepMode: 'instance',
  attributes: [
    { shaderLocation: 0, offset: 0, format: 'float32x4' },
    { shaderLocation: 1, offset: 16, format: 'float32x4' },
    { shaderLocation: 2, offset: 32, format: 'uint32x4' },
  ],
};

/** As in shaders/slice/image.fragment.wgsl. */
const DTYPE_CODES: Readonly<Record<ImageDtype, number>> = {
  uint8: 0,
  uint16: 1,
  int16: 2,
  float32: 3,
};

const storage = (binding: number): GPUBindGroupLayoutEntry => ({
  binding,
  visibility: GPUShaderStage.FRAGMENT,
  buffer: { type: 'read-only-storage' },
});

const texture = (binding: number, sampleType: GPUTextureSampleType): GPUBindGroupLayoutEntry => ({
  binding,
  visibility: GPUShaderStage.FRAGMENT,
  texture: { sampleType },
});

function layouts(device: GPUDevice) {
  const visibility = GPUShaderStage.VERTEX | GPUShaderStage.FRAGMENT;
  return {
    view: device.createBindGroupLayout({
      entries: [{ binding: 0, visibility, buffer: { type: 'uniform' } }, storage(1)],
    }),
    voxels: device.createBindGroupLayout({ entries: [storage(0)] }),
    slice: device.createBindGroupLayout({
      entries: [texture(0, 'unfilterable-float'), texture(1, 'uint'), storage(2)],
    }),
  };
}

/** The renderer's pipelines, each made at its first use and kept, and the layouts of their bind groups. */
export class SlicePipelines {
  readonly layouts: ReturnType<typeof layouts>;
  private readonly quad: GPUShaderModule;
  private readonly made = new Map<string, GPURenderPipeline>();

  constructor(private readonly device: GPUDevice) {
    this.layouts = layouts(device);
    this.quad = device.createShaderModule({ label: 'slice quad', code: view + brick + quad });
  }

  /** Draws bricks; the image stage for one dtype. */
  ofStage(stage: Stage, dtype: ImageDtype): GPURenderPipeline {
    switch (stage) {
      case 'image':
        return this.bricks(`image ${dtype}`, image, IMAGE_FORMAT, {
          constants: { image_dtype: DTYPE_CODES[dtype] },
        });
      case 'failed':
        return this.bricks('failed', failed, IMAGE_FORMAT, {
          readsVoxels: false,
          writeMask: GPUColorWrite.GREEN,
        });
      case 'labels':
        return this.bricks('labels', labels, LABEL_FORMAT);
      case 'fill':
        return this.bricks('fill', fill, LABEL_FORMAT);
    }
  }

  /** Colours a slice, with labels or without any, into a texture of `format`. */
  compose(format: GPUTextureFormat, hasLabels: boolean): GPURenderPipeline {
    return this.once(`compose ${format} ${hasLabels}`, (label) => {
      const vertex = this.device.createShaderModule({ label, code: screen });
      const fragment = this.device.createShaderModule({ label, code: view + colour + compose });
      return {
        label,
        layout: this.layoutOf([this.layouts.view, this.layouts.slice]),
        vertex: { module: vertex },
        fragment: {
          module: fragment,
          constants: { has_labels: hasLabels ? 1 : 0 },
          targets: [{ format }],
        },
      };
    });
  }

  private bricks(
    name: string,
    code: string,
    format: GPUTextureFormat,
    { constants = {}, readsVoxels = true, writeMask = GPUColorWrite.ALL }: BrickOptions = {},
  ): GPURenderPipeline {
    return this.once(name, (label) => ({
      label,
      layout: this.layoutOf([this.layouts.view, ...(readsVoxels ? [this.layouts.voxels] : [])]),
      vertex: { module: this.quad, buffers: [INSTANCE_LAYOUT] },
      primitive: { topology: 'triangle-strip' },
      fragment: {
        module: this.device.createShaderModule({ label, code: view + brick + code }),
        constants,
        targets: [{ format, writeMask }],
      },
    }));
  }

  private layoutOf(bindGroupLayouts: GPUBindGroupLayout[]): GPUPipelineLayout {
    return this.device.createPipelineLayout({ bindGroupLayouts });
  }

  private once(
    name: string,
    describe: (label: string) => GPURenderPipelineDescriptor,
  ): GPURenderPipeline {
    const made = this.made.get(name);
    if (made) return made;
    const pipeline = this.device.createRenderPipeline(describe(`slice ${name}`));
    this.made.set(name, pipeline);
    return pipeline;
  }
}

interface BrickOptions {
  readonly constants?: Record<string, number>;
  readonly readsVoxels?: boolean;
  readonly writeMask?: GPUColorWriteFlags;
}
