// What a layer shows at a pixel: a colour, and how much of it covers what lies below. Filled by src/engine/slices/uniforms.ts.

struct Layer {
  // Value of the first colour, and one over the span to the last.
  contrast: vec2<f32>,
  opacity: f32,
  colours: array<vec4<f32>, 10>,
}

@group(1) @binding(0) var image_texture: texture_2d<f32>;
@group(1) @binding(1) var label_texture: texture_2d<u32>;
// rgba8 by index, of a stored label layer.
@group(1) @binding(2) var<storage, read> label_colours: array<u32>;
@group(1) @binding(3) var<uniform> image_layer: Layer;
@group(1) @binding(4) var<uniform> label_layer: Layer;

// Constant, as all that decides is: software adapters pay for both sides of every branch that is not.
override colour_count: u32 = 2u;
override not_loaded: f32 = NOT_LOADED;
override are_segments: bool = true;
override blending: u32 = 0u;

const NORMAL = 0u;
const ADDITIVE = 1u;
const MULTIPLY = 2u;
// Factors on a label layer's opacity, and how far to white.
const EDGE_OPACITY = 2.0;
const SELECTED_OPACITY = 1.6;
const EDGE_LIGHT = 0.1;
const SELECTED_EDGE_LIGHT = 0.5;

fn image_colour(pixel: vec2<i32>) -> vec4<f32> {
  let value = textureLoad(image_texture, pixel, 0).x;
  let light = clamp((value - image_layer.contrast.x) * image_layer.contrast.y, 0.0, 1.0);
  let at = light * f32(colour_count - 1u);
  let first = min(u32(at), colour_count - 2u);
  let colour = mix(image_layer.colours[first].rgb, image_layer.colours[first + 1u].rgb, at - f32(first));
  return vec4<f32>(colour, select(image_layer.opacity, 0.0, value == not_loaded));
}

fn label_at(pixel: vec2<i32>) -> u32 {
  return textureLoad(label_texture, clamp(pixel, vec2<i32>(0), vec2<i32>(view.size) - 1), 0).x;
}

fn is_edge(pixel: vec2<i32>, id: u32) -> bool {
  return label_at(pixel - vec2<i32>(1, 0)) != id || label_at(pixel + vec2<i32>(1, 0)) != id ||
    label_at(pixel - vec2<i32>(0, 1)) != id || label_at(pixel + vec2<i32>(0, 1)) != id;
}

// Indices without a colour are not drawn.
fn stored_colour(index: u32) -> vec4<f32> {
  if (index >= arrayLength(&label_colours)) { return vec4<f32>(0.0); }
  return unpack4x8unorm(label_colours[index]);
}

fn label_colour(pixel: vec2<i32>) -> vec4<f32> {
  let id = label_at(pixel);
  if (id == 0u) { return vec4<f32>(0.0); }
  var colour: vec4<f32>;
  var selected = false;
  if (are_segments) {
    let flags = flags_of(id);
    if ((flags & FLAG_HIDDEN) != 0u) { return vec4<f32>(0.0); }
    selected = (flags & FLAG_SELECTED) != 0u;
    colour = vec4<f32>(segment_colour(id), 1.0);
  } else {
    colour = stored_colour(id);
  }
  let edge = is_edge(pixel, id);
  let factor = select(1.0, SELECTED_OPACITY, selected) * select(1.0, EDGE_OPACITY, edge);
  let light = select(0.0, select(EDGE_LIGHT, SELECTED_EDGE_LIGHT, selected), edge);
  return vec4<f32>(mix(colour.rgb, vec3<f32>(1.0), light), min(colour.a * label_layer.opacity * factor, 1.0));
}

fn blend(below: vec3<f32>, over: vec4<f32>) -> vec3<f32> {
  if (blending == ADDITIVE) { return min(below + over.rgb * over.a, vec3<f32>(1.0)); }
  if (blending == MULTIPLY) { return below * mix(vec3<f32>(1.0), over.rgb, over.a); }
  return mix(below, over.rgb, over.a);
}
