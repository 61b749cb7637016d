// One convolution of 1³ or 3³ taps: output = [output +] relu?(convolve(relu?(input)) + bias). An invocation makes TILE_X voxels of a
// row, TILE_QUADS quads of outputs each. Before it come `real`, `real4`, and the constants TAPS (1 or 3), TILE_X, TILE_QUADS.

override threads: u32 = 64;
override in_quads: u32 = 1;
override out_quads: u32 = 1;
override relu_before: bool = false;
override relu_after: bool = false;
override adds: bool = false;

@group(0) @binding(0) var<uniform> part: Part;
@group(0) @binding(1) var<storage, read> input: array<real4>;
/// By group of outputs, tap z, tap y, quad of inputs, tap x, input, quad of outputs; the four are outputs.
@group(0) @binding(2) var<storage, read> weights: array<real4>;
@group(0) @binding(3) var<storage, read> biases: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> output: array<real4>;

const REACH = TAPS / 2u;
const SPAN_X = TILE_X + TAPS - 1u;
const LOWEST = vec4<f32>(-3.4e38);

@compute @workgroup_size(threads)
fn convolve(@builtin(global_invocation_id) id: vec3<u32>) {
  let tiles_x = (size_x + TILE_X - 1u) / TILE_X;
  let y = id.x / tiles_x;
  let x = (id.x % tiles_x) * TILE_X;
  if (y >= size_y) {
    return;
  }
  let center = padded(part.first_plane + id.z, y, x);
  let floor = select(LOWEST, vec4<f32>(0.0), relu_before);
  var sums: array<array<vec4<f32>, TILE_QUADS>, TILE_X>;
  for (var o = 0u; o < TILE_QUADS; o++) {
    let bias = biases[id.y * TILE_QUADS + o];
    for (var i = 0u; i < TILE_X; i++) {
      sums[i][o] = bias;
    }
  }
  var w = id.y * TAPS * TAPS * in_quads * TAPS * 4u * TILE_QUADS;
  for (var tap = 0u; tap < TAPS * TAPS; tap++) {
    let row = (tap / TAPS * (size_y + 2u) + tap % TAPS) * (size_x + 2u);
    let corner = REACH * ((size_y + 2u) * (size_x + 2u) + (size_x + 2u) + 1u);
    var at = (center + row - corner) * in_quads;
    for (var q = 0u; q < in_quads; q++) {
      var values: array<vec4<f32>, SPAN_X>;
      for (var i = 0u; i < SPAN_X; i++) {
        values[i] = max(vec4<f32>(input[at + i * in_quads]), floor);
      }
      at++;
      for (var tap_x = 0u; tap_x < TAPS; tap_x++) {
        for (var k = 0u; k < 4u; k++) {
          for (var o = 0u; o < TILE_QUADS; o++) {
            let weight = vec4<f32>(weights[w]);
            w++;
            for (var i = 0u; i < TILE_X; i++) {
              sums[i][o] += weight * values[i + tap_x][k];
            }
          }
        }
      }
    }
  }
  let after = select(LOWEST, vec4<f32>(0.0), relu_after);
  for (var i = 0u; i < TILE_X; i++) {
    for (var o = 0u; o < TILE_QUADS; o++) {
      let quad = id.y * TILE_QUADS + o;
      if (x + i >= size_x || quad >= out_quads) {
        continue;
      }
      let to = (center + i) * out_quads + quad;
      var result = max(sums[i][o], after);
      if (adds) {
        result += vec4<f32>(output[to]);
      }
      output[to] = real4(result);
    }
  }
}
