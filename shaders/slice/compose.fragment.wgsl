// Colours a slice: grey within the contrast window, labels over it, each with an outline.

@group(1) @binding(0) var image_texture: texture_2d<f32>;
@group(1) @binding(1) var label_texture: texture_2d<u32>;
// rgba8 by local index.
@group(1) @binding(2) var<storage, read> reference_colours: array<u32>;

// False where no label was drawn: software adapters pay for both sides of every branch that is not constant.
override has_labels: bool;

// The tokens --background, --surface and --line of the dark theme.
const OUTSIDE = vec3<f32>(12.0, 14.0, 17.0) / 255.0;
const EMPTY = vec3<f32>(20.0, 23.0, 27.0) / 255.0;
const HATCH = vec3<f32>(91.0, 99.0, 110.0) / 255.0;
const HATCH_OPACITY = 0.5;
const HATCH_PERIOD = 10;
const HATCH_WIDTH = 2;
// Factors on a layer's opacity, and how far to white.
const EDGE_OPACITY = 2.0;
const SELECTED_OPACITY = 1.6;
const EDGE_LIGHT = 0.1;
const SELECTED_EDGE_LIGHT = 0.5;

fn background(pixel: vec2<i32>) -> vec3<f32> {
  let at = vec2<f32>(pixel) + 0.5;
  let inside = all(at > view.volume.xy) && all(at < view.volume.zw);
  let stored = textureLoad(image_texture, pixel, 0).xy;
  let grey = clamp((stored.x - view.contrast.x) * view.contrast.y, 0.0, 1.0);
  let colour = select(select(OUTSIDE, EMPTY, inside), vec3<f32>(grey), stored.x != NOT_LOADED);
  let hatched = stored.y > 0.5 && (pixel.x + pixel.y) % HATCH_PERIOD < HATCH_WIDTH;
  return mix(colour, HATCH, select(0.0, HATCH_OPACITY, hatched));
}

fn label_at(pixel: vec2<i32>) -> u32 {
  return textureLoad(label_texture, clamp(pixel, vec2<i32>(0), vec2<i32>(view.size) - 1), 0).x;
}

fn is_edge(pixel: vec2<i32>, id: u32) -> bool {
  return label_at(pixel - vec2<i32>(1, 0)) != id || label_at(pixel + vec2<i32>(1, 0)) != id ||
    label_at(pixel - vec2<i32>(0, 1)) != id || label_at(pixel + vec2<i32>(0, 1)) != id;
}

// A label's colour and its layer's opacity; indices without a colour are not drawn.
fn label_colour(id: u32) -> vec4<f32> {
  if (id < REFERENCE_BIT) { return vec4<f32>(segment_colour(id), view.opacity.x); }
  let index = id & ~REFERENCE_BIT;
  if (index >= arrayLength(&reference_colours)) { return vec4<f32>(0.0); }
  let colour = unpack4x8unorm(reference_colours[index]);
  return vec4<f32>(colour.rgb, colour.a * view.opacity.y);
}

@fragment
fn compose(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
  let pixel = vec2<i32>(position.xy);
  let below = background(pixel);
  if (!has_labels) { return vec4<f32>(below, 1.0); }
  let id = label_at(pixel);
  if (id == 0u) { return vec4<f32>(below, 1.0); }
  let label = label_colour(id);
  let selected = id < REFERENCE_BIT && (flags_of(id) & FLAG_SELECTED) != 0u;
  let edge = is_edge(pixel, id);
  let opacity = label.a * select(1.0, SELECTED_OPACITY, selected) * select(1.0, EDGE_OPACITY, edge);
  let light = select(0.0, select(EDGE_LIGHT, SELECTED_EDGE_LIGHT, selected), edge);
  return vec4<f32>(mix(below, mix(label.rgb, vec3<f32>(1.0), light), min(opacity, 1.0)), 1.0);
}
