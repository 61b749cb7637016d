import base from '../../../shaders/slice/base.fragment.wgsl?raw';
import bits from '../../../shaders/slice/bits.fragment.wgsl?raw';
import brick from '../../../shaders/slice/brick.wgsl?raw';
import colour from '../../../shaders/slice/colour.wgsl?raw';
import hatch from '../../../shaders/slice/hatch.fragment.wgsl?raw';
import image from '../../../shaders/slice/image.fragment.wgsl?raw';
import labels from '../../../shaders/slice/labels.fragment.wgsl?raw';
import layer from '../../../shaders/slice/layer.wgsl?raw';
import mark from '../../../shaders/slice/mark.fragment.wgsl?raw';
import over from '../../../shaders/slice/over.fragment.wgsl?raw';
import quad from '../../../shaders/slice/quad.vertex.wgsl?raw';
import screen from '../../../shaders/slice/screen.vertex.wgsl?raw';
import view from '../../../shaders/slice/view.wgsl?raw';
import { stopsOf } from '../../core/colour-map';
import type { ImageDtype } from '../../core/dtype';
import { BLENDINGS, type Blending } from '../layer';
import type { Stage } from './draw-list';
import { INSTANCE_ATTRIBUTES, INSTANCE_BYTES } from './instances';
import type { SceneLayer } from './scene';
import { LAYER_BYTES, VIEW_BYTES } from './uniforms';

/** What the bricks of images are drawn into, by their values, and what a pixel is there on which none was drawn. */
export interface ImageTexels {
  readonly format: 'r16float' | 'r32float';
  readonly notLoaded: number;
}

/** The least 32-bit float, as in shaders/slice/view.wgsl, but for bytes: half the memory holds them, and they are not negative. */
export const imageTexels = (dtype: ImageDtype): ImageTexels =>
  dtype === 'uint8'
    ? { format: 'r16float', notLoaded: -1 }
    : { format: 'r32float', notLoaded: -(2 - 2 ** -23) * 2 ** 127 };

/** What the bricks of labels are drawn into: ids, or indices. */
export const LABEL_FORMAT = 'r32uint';

const INSTANCE_LAYOUT: GPUVertexBufferLayout = {
  arrayStride: INSTANCE_BYTES,
  stepMode: 'instance',
  attributes: INSTANCE_ATTRIBUTES,
};

/** As in shaders/slice/image.fragment.wgsl. */
const DTYPE_CODES: Readonly<Record<ImageDtype, number>> = {
  uint8: 0,
  uint16: 1,
  int16: 2,
  float32: 3,
};

/** As `blend` in shaders/slice/layer.wgsl has it; what is drawn on stays opaque. */
const BLEND_STATES: Readonly<Record<Blending, GPUBlendState>> = {
  normal: blendState('src-alpha', 'one-minus-src-alpha'),
  additive: blendState('src-alpha', 'one'),
  multiply: blendState('dst', 'zero'),
};

function blendState(srcFactor: GPUBlendFactor, dstFactor: GPUBlendFactor): GPUBlendState {
  return { color: { srcFactor, dstFactor }, alpha: { srcFactor: 'zero', dstFactor: 'one' } };
}

const storage = (binding: number): GPUBindGroupLayoutEntry => ({
  binding,
  visibility: GPUShaderStage.FRAGMENT,
  buffer: { type: 'read-only-storage' },
});

const uniform = (binding: number, minBindingSize: number): GPUBindGroupLayoutEntry => ({
  binding,
  visibility: GPUShaderStage.VERTEX | GPUShaderStage.FRAGMENT,
  buffer: { type: 'uniform', minBindingSize },
});

const texture = (binding: number, sampleType: GPUTextureSampleType): GPUBindGroupLayoutEntry => ({
  binding,
  visibility: GPUShaderStage.FRAGMENT,
  texture: { sampleType },
});

const layouts = (device: GPUDevice) => ({
  view: device.createBindGroupLayout({ entries: [uniform(0, VIEW_BYTES), storage(1)] }),
  voxels: device.createBindGroupLayout({ entries: [storage(0)] }),
  layers: device.createBindGroupLayout({
    entries: [
      texture(0, 'unfilterable-float'),
      texture(1, 'uint'),
      storage(2),
      uniform(3, LAYER_BYTES),
      uniform(4, LAYER_BYTES),
    ],
  }),
});

type Constants = Record<string, number>;

const imageConstants = (layer: SceneLayer<unknown>): Constants =>
  layer.kind === 'image'
    ? {
        colour_count: stopsOf(layer.colourMap).length,
        not_loaded: imageTexels(layer.dtype).notLoaded,
      }
    : {};

const labelConstants = ({ kind }: SceneLayer<unknown>, blending: Blending): Constants => ({
  are_segments: kind === 'segments' ? 1 : 0,
  blending: BLENDINGS.indexOf(blending),
});

/** The renderer's pipelines, each made at its first use and kept, and the layouts of their bind groups. */
export class SlicePipelines {
  readonly layouts: ReturnType<typeof layouts>;
  private readonly quad: GPUShaderModule;
  private readonly screen: GPUShaderModule;
  private readonly made = new Map<string, GPURenderPipeline>();

  constructor(private readonly device: GPUDevice) {
    this.layouts = layouts(device);
    this.quad = device.createShaderModule({ label: 'slice quad', code: view + brick + quad });
    this.screen = device.createShaderModule({ label: 'slice screen', code: screen });
  }

  /** Draws bricks; images by their dtype. */
  ofStage(stage: Stage, isOblique: boolean): GPURenderPipeline {
    if (stage === 'labels') return this.bricks(stage, labels, LABEL_FORMAT, isOblique);
    if (stage === 'bits') return this.bricks(stage, bits, LABEL_FORMAT, isOblique);
    const dtype = stage.slice('image '.length) as ImageDtype;
    const constants = { image_dtype: DTYPE_CODES[dtype] };
    return this.bricks(stage, image, imageTexels(dtype).format, isOblique, constants);
  }

  /** Draws bricks' parameters. */
  mark(isOblique: boolean): GPURenderPipeline {
    return this.bricks('mark', mark, LABEL_FORMAT, isOblique);
  }

  /** Hatches a texture of `format` where that of ids has ones. */
  hatch(format: GPUTextureFormat): GPURenderPipeline {
    return this.colours('hatch', hatch, { format, blend: BLEND_STATES.normal }, {});
  }

  /** Colours a texture of `format` from the background on, with the layers given in one pass. */
  base(
    format: GPUTextureFormat,
    imageLayer: SceneLayer<unknown> | undefined,
    labelLayer: SceneLayer<unknown> | undefined,
    blending: Blending,
  ): GPURenderPipeline {
    return this.colours(
      'base',
      base,
      { format },
      {
        has_image: imageLayer ? 1 : 0,
        has_labels: labelLayer ? 1 : 0,
        ...(imageLayer && imageConstants(imageLayer)),
        ...(labelLayer && labelConstants(labelLayer, blending)),
      },
    );
  }

  /** Colours a layer over what a texture of `format` holds. */
  over(
    format: GPUTextureFormat,
    shown: SceneLayer<unknown>,
    blending: Blending,
  ): GPURenderPipeline {
    return this.colours(
      'over',
      over,
      { format, blend: BLEND_STATES[blending] },
      {
        is_image: shown.kind === 'image' ? 1 : 0,
        ...labelConstants(shown, blending),
        ...imageConstants(shown),
      },
    );
  }

  private bricks(
    name: string,
    code: string,
    format: GPUTextureFormat,
    isOblique: boolean,
    constants: Constants = {},
  ): GPURenderPipeline {
    const { view: viewLayout, voxels } = this.layouts;
    const readsVoxels = code !== mark;
    return this.once(isOblique ? `${name} oblique` : name, (label) => ({
      label,
      layout: this.layoutOf([viewLayout, ...(readsVoxels ? [voxels] : [])]),
      vertex: { module: this.quad, buffers: [INSTANCE_LAYOUT] },
      primitive: { topology: 'triangle-strip' },
      fragment: {
        module: this.device.createShaderModule({ label, code: view + brick + code }),
        constants: { ...constants, is_oblique: isOblique ? 1 : 0 },
        targets: [{ format }],
      },
    }));
  }

  private colours(
    name: string,
    code: string,
    target: GPUColorTargetState,
    constants: Constants,
  ): GPURenderPipeline {
    return this.once(`${name} ${target.format} ${JSON.stringify(constants)}`, (label) => ({
      label,
      layout: this.layoutOf([this.layouts.view, this.layouts.layers]),
      vertex: { module: this.screen },
      fragment: {
        module: this.device.createShaderModule({ label, code: view + colour + layer + code }),
        constants,
        targets: [target],
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
