@group(0) @binding(2) var<storage, read> input: array<real4>;

fn rectified(values: real4) -> vec4<f32> {
  return max(vec4<f32>(values), vec4<f32>(step.floor_before));
}
