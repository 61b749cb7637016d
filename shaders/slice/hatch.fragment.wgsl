// Hatches where a layer could not be read, over what it shows there of coarser levels.

// The token --faint of the dark theme.
const HATCH = vec3<f32>(91.0, 99.0, 110.0) / 255.0;
const HATCH_OPACITY = 0.5;
const HATCH_PERIOD = 10;
const HATCH_WIDTH = 2;

@fragment
fn hatch(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
  let pixel = vec2<i32>(position.xy);
  if (label_at(pixel) == 0u || (pixel.x + pixel.y) % HATCH_PERIOD >= HATCH_WIDTH) { discard; }
  return vec4<f32>(HATCH, HATCH_OPACITY);
}
