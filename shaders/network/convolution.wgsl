// What both ways to convolve have in common. Before it come `real`, `real4`, and the constants TAPS (1 or 3), TILE_X, TILE_QUADS.
// A tile that runs over the end of its row, or of the last field of view, reads what is not its own (WebGPU keeps that within the
// buffer) and makes sums that are let go.

/// What tells one layer from another; no part of the pipeline, which takes a software adapter a second to compile.
struct Step {
  in_quads: u32,
  out_quads: u32,
  /// Inputs, and sums, below these become these: 0 for ReLU, else lower than any.
  floor_before: f32,
  floor_after: f32,
  /// 1 where the result is added to what lies there.
  adds: u32,
}

@group(0) @binding(1) var<storage, read> input: array<real4>;
/// By group of outputs, tap z, tap y, quad of inputs, tap x, input, quad of outputs; the four are outputs.
@group(0) @binding(2) var<storage, read> weights: array<real4>;
@group(0) @binding(3) var<storage, read> biases: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> output: array<real4>;
@group(0) @binding(5) var<uniform> step: Step;

fn rectified(values: real4) -> vec4<f32> {
  return max(vec4<f32>(values), vec4<f32>(step.floor_before));
}

/// Voxels from one row of taps (of the same z and y) to the first.
fn row_step(row: u32) -> u32 {
  return (row / TAPS * (part.size_y + 2u) + row % TAPS) * (part.size_x + 2u);
}

/// Voxels from the tap in the middle to the first of all.
fn corner_step() -> u32 {
  return TAPS / 2u * ((part.size_y + 3u) * (part.size_x + 2u) + 1u);
}

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
