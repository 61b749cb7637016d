// What every stage knows of the view that is drawn, and of the user's segments. Filled by src/engine/slices/uniforms.ts.

struct View {
  // Canvas size in pixels.
  size: vec2<f32>,
  // Voxels of a brick from one step to the next along the horizontal and the vertical axis of a plane that is not oblique.
  stride: vec2<u32>,
  // Voxels of the finest level, x, y, z: from one pixel to the next, to the right and down.
  right: vec3<f32>,
  down: vec3<f32>,
  // The volume's sides as seen from the middle of the canvas.
  low: vec3<f32>,
  high: vec3<f32>,
}

@group(0) @binding(0) var<uniform> view: View;
// Two bits a segment, sixteen segments a word.
@group(0) @binding(1) var<storage, read> segment_flags: array<u32>;

const FLAG_SELECTED = 1u;
const FLAG_HIDDEN = 2u;
// Value of pixels on which no brick was drawn, where images are drawn as 32-bit floats.
const NOT_LOADED = -0x1.fffffep+127f;

fn flags_of(id: u32) -> u32 {
  let word = id >> 4u;
  if (word >= arrayLength(&segment_flags)) { return 0u; }
  return (segment_flags[word] >> ((id & 15u) * 2u)) & 3u;
}
