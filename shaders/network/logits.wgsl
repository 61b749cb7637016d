// The last convolution, one tap and one output: seed + bias + weights · relu(stream).

override threads: u32 = 64;
override in_quads: u32 = 1;

@group(0) @binding(1) var<storage, read> stream: array<real4>;
@group(0) @binding(2) var<storage, read> weights: array<real4>;
@group(0) @binding(3) var<storage, read> biases: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> seed: array<f32>;
@group(0) @binding(5) var<storage, read_write> logits: array<f32>;

@compute @workgroup_size(threads)
fn add_logits(@builtin(global_invocation_id) id: vec3<u32>) {
  let y = id.x / part.size_x;
  let x = id.x % part.size_x;
  if (y >= part.size_y) {
    return;
  }
  let plane = part.first + id.z;
  let first = padded(plane, y, x) * in_quads;
  var sum = biases[0].x;
  for (var q = 0u; q < in_quads; q++) {
    sum += dot(max(vec4<f32>(stream[first + q]), vec4<f32>(0.0)), vec4<f32>(weights[q]));
  }
  let at = dense(plane, y, x);
  logits[at] = seed[at] + sum;
}
