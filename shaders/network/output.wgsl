@group(0) @binding(3) var<storage, read_write> output: array<real4>;

/// Ends a sum and stores it, unless the quad is past the last.
fn put(voxel: u32, quad: u32, sum: vec4<f32>) {
  if (quad >= step.out_quads) {
    return;
  }
  let at = voxel * step.out_quads + quad;
  var result = max(sum, vec4<f32>(step.floor_after));
  if (step.adds != 0u) {
    result += vec4<f32>(output[at]);
  }
  output[at] = real4(result);
}
