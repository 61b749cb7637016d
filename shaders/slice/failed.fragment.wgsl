// Marks a brick that could not be read; the target's write mask keeps the coarser values below it.

@fragment
fn failed() -> @location(0) vec2<f32> {
  return vec2<f32>(0.0, 1.0);
}
