// What both direct ways to convolve have in common. Before it come `real`, `real4`, and the constants TAPS (1 or 3), TILE_X, TILE_QUADS.
// A tile that runs over the end of its row, or of the last field of view, reads what is not its own (WebGPU keeps that within the
// buffer) and makes sums that are let go.

/// By group of outputs, tap z, tap y, quad of inputs, tap x, input, quad of outputs; the four are outputs.
@group(0) @binding(4) var<storage, read> weights: array<real4>;
@group(0) @binding(5) var<storage, read> biases: array<vec4<f32>>;

/// Voxels from one row of taps (of the same z and y) to the first.
fn row_step(row: u32) -> u32 {
  return (row / TAPS * (part.size_y + 2u) + row % TAPS) * (part.size_x + 2u);
}

/// Voxels from the tap in the middle to the first of all.
fn corner_step() -> u32 {
  return TAPS / 2u * ((part.size_y + 3u) * (part.size_x + 2u) + 1u);
}
