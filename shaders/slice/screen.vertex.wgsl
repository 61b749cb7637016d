// One triangle that covers the canvas.

@vertex
fn screen(@builtin(vertex_index) corner: u32) -> @builtin(position) vec4<f32> {
  return vec4<f32>(select(-1.0, 3.0, corner == 1u), select(-1.0, 3.0, corner == 2u), 0.0, 1.0);
}
