// The same convolution for GPUs, as an implicit matrix product: a workgroup makes GROUPS_X * TILE_X successive voxels of a plane, counted
// through its borders (so that taps along x are shifts), and GROUPS_O * TILE_QUADS quads of outputs. Inputs and weights of one row of
// taps and one quad of inputs pass through workgroup memory. TILE_X is odd, so that threads hit different banks.

const STRIP = GROUPS_X * TILE_X + TAPS - 1u;
const WEIGHTS = TAPS * 4u * GROUPS_O * TILE_QUADS;
const THREADS = GROUPS_X * GROUPS_O;

var<workgroup> strip: array<vec4<f32>, STRIP>;
var<workgroup> shared_weights: array<vec4<f32>, WEIGHTS>;

@compute @workgroup_size(THREADS)
fn convolve(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let plane = part.first + group.z;
  let strip_first = group.x * GROUPS_X * TILE_X;
  let tile = (thread % GROUPS_X) * TILE_X;
  let out = (thread / GROUPS_X) * TILE_QUADS;
  let first_quad = group.y * GROUPS_O * TILE_QUADS + out;
  let plane_first = padded(plane, 0u, 0u);
  //@for o < TILE_QUADS
  //@for i < TILE_X
  var sum_#{i}_#{o} = biases[first_quad + #{o}];
  //@end
  //@end
  var w = group.y * TAPS * TAPS * step.in_quads * WEIGHTS;
  let turns = TAPS * TAPS * step.in_quads;
  for (var turn = 0u; turn < turns; turn++) {
    let row_first = plane_first + strip_first + row_step(turn / step.in_quads) - corner_step();
    let q = turn % step.in_quads;
    workgroupBarrier();
    for (var i = thread; i < STRIP; i += THREADS) {
      strip[i] = rectified(input[(row_first + i) * step.in_quads + q]);
    }
    for (var i = thread; i < WEIGHTS; i += THREADS) {
      shared_weights[i] = vec4<f32>(weights[w + i]);
    }
    w += WEIGHTS;
    workgroupBarrier();
    //@for i < SPAN_X
    let value_#{i} = strip[tile + #{i}];
    //@end
    //@for t < TAPS
    //@for k < 4
    //@for o < TILE_QUADS
    let weight_#{t}_#{k}_#{o} = shared_weights[(#{t} * 4u + #{k}) * GROUPS_O * TILE_QUADS + out + #{o}];
    //@for i < TILE_X
    sum_#{i}_#{o} += weight_#{t}_#{k}_#{o} * value_#{i+t}[#{k}];
    //@end
    //@end
    //@end
    //@end
  }
  //@for i < TILE_X
  {
    let at = strip_first + tile + #{i};
    if (at % (part.size_x + 2u) < part.size_x && at / (part.size_x + 2u) < part.size_y) {
      //@for o < TILE_QUADS
      put(plane_first + at, first_quad + #{o}, sum_#{i}_#{o});
      //@end
    }
  }
  //@end
}
