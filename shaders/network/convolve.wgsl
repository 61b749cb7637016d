// One convolution of 1³ or 3³ taps: output = [output +] relu?(convolve(relu?(input)) + bias). An invocation makes TILE_X voxels of a
// row, TILE_QUADS quads of outputs each. No workgroup memory and no barrier: for software adapters, where these are dear, and so is
// every load; loops over registers are written out (src/segment/network/gpu/unroll.ts).

override threads: u32 = 64;

@compute @workgroup_size(threads)
fn convolve(@builtin(global_invocation_id) id: vec3<u32>) {
  let tiles_x = (part.size_x + TILE_X - 1u) / TILE_X;
  let y = id.x / tiles_x;
  let x = (id.x % tiles_x) * TILE_X;
  if (y >= part.size_y) {
    return;
  }
  let center = padded(part.first + id.z, y, x);
  let first_quad = id.y * TILE_QUADS;
  //@for o < TILE_QUADS
  //@for i < TILE_X
  var sum_#{i}_#{o} = biases[first_quad + #{o}];
  //@end
  //@end
  var w = id.y * TAPS * TAPS * step.in_quads * TAPS * 4u * TILE_QUADS;
  // One loop, of a length that no compiler knows: some would unroll what is written out already.
  let turns = TAPS * TAPS * step.in_quads;
  for (var turn = 0u; turn < turns; turn++) {
    let row = turn / step.in_quads;
    let at = (center + row_step(row) - corner_step()) * step.in_quads + turn % step.in_quads;
    //@for i < SPAN_X
    let value_#{i} = rectified(input[at + #{i} * step.in_quads]);
    //@end
    //@for t < TAPS
    //@for k < 4
    //@for o < TILE_QUADS
    let weight_#{t}_#{k}_#{o} = vec4<f32>(weights[w + (#{t} * 4u + #{k}) * TILE_QUADS + #{o}]);
    //@for i < TILE_X
    sum_#{i}_#{o} += weight_#{t}_#{k}_#{o} * value_#{i+t}[#{k}];
    //@end
    //@end
    //@end
    //@end
    w += TAPS * 4u * TILE_QUADS;
  }
  //@for i < TILE_X
  if (x + #{i} < part.size_x) {
    //@for o < TILE_QUADS
    put(center + #{i}, first_quad + #{o}, sum_#{i}_#{o});
    //@end
  }
  //@end
}
